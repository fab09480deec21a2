import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { JobPage } from '#shared/contracts/jobs';
import { mediaFile } from './media.ts';
import { eventually, functionUrl, type Person } from './service.ts';

/** An answer to an upload, or what broke instead. */
export interface UploadAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** What the answer says, or the error that came instead. */
  readonly body: string;
}

/** Sends a whole video on a connection of its own. Never rejects. */
export function sendVideo(person: Person, video: Uint8Array): Promise<UploadAnswer> {
  const { sending, answered } = open(person, { 'content-length': video.length });
  sending.end(video);
  // Whoever is refused sends no more.
  return answered.finally(() => sending.destroy());
}

/** An upload that has begun. */
export interface BegunUpload {
  /** What is not sent yet is sent, or withheld, by this. */
  readonly sending: ClientRequest;
  /** Never rejects. */
  readonly answered: Promise<UploadAnswer>;
  readonly jobId: string;
}

const head = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom');

/** Sends the head of an MP4 and so many bytes more; resolves once the job is there. */
export async function beginUpload(person: Person, bytes: number): Promise<BegunUpload> {
  const { sending, answered } = open(person);
  sending.write(Buffer.concat([head, randomBytes(bytes)]));
  const { id: jobId } = await eventually('the job', async () => {
    const page = await (await person.client.call('jobs')).json();
    return v.parse(JobPage, page).jobs[0];
  });
  return { sending, answered, jobId };
}

function open({ authorization }: Person, headers: OutgoingHttpHeaders = {}) {
  const sending = request(functionUrl('upload?name=sound.m4a'), {
    method: 'PUT',
    agent: false,
    headers: { authorization, ...headers },
  });
  const answered = new Promise<UploadAnswer>((resolve) => {
    sending.once('response', (answer) => {
      const { statusCode: status = 0, headers } = answer;
      const known = { status, retryAfter: headers['retry-after'] };
      void text(answer)
        .catch(String)
        .then((body) => resolve({ ...known, body }));
    });
    sending.on('error', ({ message }) =>
      resolve({ status: 0, retryAfter: undefined, body: message }),
    );
  });
  return { sending, answered };
}

/** One second of sound in a file of so many bytes: the rest is padding that no player reads. */
export async function paddedSound(bytes: number): Promise<Buffer> {
  const sound = await readFile(await mediaFile('sound.m4a', 1));
  const padding = Buffer.alloc(bytes - sound.length);
  padding.writeUInt32BE(padding.length, 0);
  padding.write('free', 4);
  return Buffer.concat([sound, padding]);
}
