import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { mediaFile } from './media.ts';
import { functionUrl, type Person } from './service.ts';

/** An answer to an upload, or what broke instead. */
export interface UploadAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** What the answer says, or the error that came instead. */
  readonly body: string;
}

/** Sends a whole video on a connection of its own. Never rejects. */
export function sendVideo({ authorization }: Person, video: Uint8Array): Promise<UploadAnswer> {
  return new Promise((resolve) => {
    const sending = request(functionUrl('upload?name=sound.m4a'), {
      method: 'PUT',
      agent: false,
      headers: { authorization, 'content-length': video.length },
    });
    sending.once('response', (answer) => {
      const { statusCode: status = 0, headers } = answer;
      const known = { status, retryAfter: headers['retry-after'] };
      void text(answer)
        .catch(String)
        .then((body) => resolve({ ...known, body }))
        // Whoever is refused sends no more.
        .finally(() => sending.destroy());
    });
    sending.on('error', (error) =>
      resolve({ status: 0, retryAfter: undefined, body: String(error) }),
    );
    sending.end(video);
  });
}

/** One second of sound in a file of so many bytes: the rest is padding that no player reads. */
export async function paddedSound(bytes: number): Promise<Buffer> {
  const sound = await readFile(await mediaFile('sound.m4a', 1));
  const padding = Buffer.alloc(bytes - sound.length);
  padding.writeUInt32BE(padding.length, 0);
  padding.write('free', 4);
  return Buffer.concat([sound, padding]);
}
