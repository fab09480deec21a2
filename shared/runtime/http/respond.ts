import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';

const usualStallMs = 30_000;
const lingerMs = 2_000;

/**
 * Writes an answer. Streams under back-pressure; a client that takes nothing for `stallMs` is cut
 * off, and one that goes away is no error. Rejects when a streamed body fails; the connection is
 * broken then, so that nobody takes a part for the whole.
 */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const isEarly = !request.complete;
  if (isEarly) response.setHeader('connection', 'close');
  response.writeHead(answer.status, withLength(answer));
  if (request.method !== 'HEAD' && isStream(answer.body)) {
    await send(answer.body, response, answer.stallMs ?? usualStallMs);
    return;
  }
  if (request.method !== 'HEAD' && answer.body instanceof Uint8Array) response.write(answer.body);
  else response.flushHeaders();
  if (isEarly) await takeTheRest(request);
  response.end();
}

function isStream(body: Answer['body']): body is AsyncIterable<Uint8Array> {
  return body !== undefined && !(body instanceof Uint8Array);
}

function withLength({ status, headers, body }: Answer): Readonly<Record<string, string>> {
  if (body instanceof Uint8Array) return { 'content-length': String(body.length), ...headers };
  const isBare = status === 204 || status === 304;
  return body === undefined && !isBare ? { 'content-length': '0', ...headers } : headers;
}

async function send(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  stallMs: number,
): Promise<void> {
  response.setTimeout(stallMs, () => response.destroy());
  response.flushHeaders();
  try {
    await pipeline(Readable.from(body, { objectMode: false }), response);
  } catch (error) {
    if (!isClientGone(error)) throw error;
  }
}

function isClientGone(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error && error.code;
  return code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/**
 * An early answer: the rest of the upload is not wanted, but a connection that is closed on it
 * would be reset, and a client that sends before it reads would never see the answer.
 */
async function takeTheRest(request: IncomingMessage): Promise<void> {
  request.unpipe();
  request.resume();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request.once('end', done).once('close', done);
  });
}
