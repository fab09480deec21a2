import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { TokenResponse } from '#shared/contracts/accounts';
import { JobView } from '#shared/contracts/jobs';
import { Timeline } from '#shared/contracts/timeline';
import { eventData } from './events.ts';
import { post, request, requestJson } from './request.ts';

/** Options of a conversion by their names; the service checks them. */
export type UploadOptions = Readonly<Record<string, string | number | boolean>>;

/** A person's way through the service, by nothing but its HTTP interface. */
export interface Client {
  /** Creates the account. */
  register(email: string, password: string): Promise<void>;
  /** Logs in; the following calls carry the access token. */
  login(email: string, password: string): Promise<TokenResponse>;
  /**
   * Sends a file, to be converted with these options (shared/contracts/options.ts); `onProgress`
   * hears the share that is sent, 0 to 1.
   */
  upload(
    path: string,
    onProgress?: (share: number) => void,
    options?: UploadOptions,
  ): Promise<JobView>;
  job(id: string): Promise<JobView>;
  /** What happened to the job and when. */
  timeline(id: string): Promise<Timeline>;
  /** Each change of the job until it ends; resolves with the last. */
  watch(id: string, onChange?: (job: JobView) => void): Promise<JobView>;
  /** Writes the MP3 to a file. */
  download(id: string, path: string): Promise<void>;
  /** Any other call, with the access token. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

const underWay = ['uploading', 'queued', 'running'];

/** A client of the service behind this gateway. */
export function createClient(gatewayUrl: string): Client {
  const at = (path: string) => `${gatewayUrl}/function/${path}`;
  let authorization = '';
  const authorized = (init: RequestInit = {}): RequestInit => ({
    ...init,
    headers: { ...Object.fromEntries(new Headers(init.headers)), authorization },
  });
  const job = (id: string) => requestJson(JobView, at(`jobs/${id}`), authorized());

  return {
    async register(email, password) {
      await request(at('register'), post({ email, password }));
    },
    async login(email, password) {
      const tokens = await requestJson(TokenResponse, at('login'), post({ email, password }));
      authorization = `Bearer ${tokens.access_token}`;
      return tokens;
    },
    async upload(path, onProgress = () => undefined, options = {}) {
      const { size } = await stat(path);
      const query = new URLSearchParams({ name: basename(path) });
      for (const [name, value] of Object.entries(options)) query.set(name, String(value));
      return requestJson(
        JobView,
        at(`upload?${query.toString()}`),
        authorized({
          method: 'PUT',
          ...streamed(counted(createReadStream(path), size, onProgress)),
        }),
      );
    },
    job,
    timeline: (id) => requestJson(Timeline, at(`jobs/${id}/timeline`), authorized()),
    async watch(id, onChange = () => undefined) {
      const headers = { accept: 'text/event-stream' };
      for (;;) {
        const { body } = await request(at(`jobs/${id}/events`), authorized({ headers }));
        for await (const data of eventData(body ?? new ReadableStream())) {
          const seen = v.parse(JobView, JSON.parse(data));
          onChange(seen);
          if (!underWay.includes(seen.state)) return seen;
        }
        // The gateway may end a long stream: the job is still there.
        const seen = await job(id);
        if (!underWay.includes(seen.state)) return seen;
      }
    },
    async download(id, path) {
      const { body } = await request(at(`download/${id}`), authorized());
      await pipeline(Readable.from(body ?? []), createWriteStream(path));
    },
    call: (path, init) => fetch(at(path), authorized(init)),
  };
}

/** A body that flows; `duplex` is what fetch asks for then. */
function streamed(body: AsyncIterable<Uint8Array>): RequestInit & { duplex: 'half' } {
  return { body: ReadableStream.from(body), duplex: 'half' };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  total: number,
  onProgress: (share: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sent = 0;
  for await (const chunk of source) {
    yield chunk;
    sent += chunk.length;
    onProgress(total === 0 ? 1 : sent / total);
  }
}
