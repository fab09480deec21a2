import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';

const stalledMs = 30_000;
const lingerMs = 2_000;

/**
 * Writes an answer. Streams under back-pressure; a client that takes nothing for 30 s is cut off.
 * Rejects when a streamed body fails; the connection is broken then, so that nobody takes a part
 * for the whole.
 */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if (!request.complete) closeAfterAnswer(request, response);
  response.writeHead(answer.status, withLength(answer));
  if (answer.body === undefined || request.method === 'HEAD') {
    response.end();
  } else if (answer.body instanceof Uint8Array) {
    response.end(answer.body);
  } else {
    response.setTimeout(stalledMs, () => response.destroy(new Error('the client takes nothing')));
    response.flushHeaders();
    await pipeline(Readable.from(answer.body, { objectMode: false }), response);
  }
}

function withLength({ headers, body }: Answer): Readonly<Record<string, string>> {
  return body instanceof Uint8Array
    ? { 'content-length': String(body.length), ...headers }
    : headers;
}

/** An early answer: the rest of the upload is not wanted, but the client must get to read this. */
function closeAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  response.once('finish', () => {
    request.resume();
    setTimeout(() => request.destroy(), lingerMs).unref();
  });
}
