import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { SourceServer } from '#shared/core/ports';
import { createAnswerLength } from './answer-length.ts';
import { parseByteRange } from './byte-range.ts';
import type { ByteRange } from './byte-range.ts';

type SourceFile = Parameters<SourceServer['serve']>[0];

interface Serving {
  readonly file: SourceFile;
  readonly answerEnd: (start: number) => number;
  readonly closed: AbortController;
}

/**
 * Makes stored videos readable for ffmpeg, which must be able to seek: one HTTP server on
 * 127.0.0.1, each file under a path of 128 random bits until it is closed. A connection that ends
 * aborts its read. An answer may end before the range that was asked for does (RFC 9110 §15.3.7):
 * ffmpeg has to be told to come back for the rest (`-reconnect`).
 */
export async function createSourceServer(): Promise<SourceServer & { close(): Promise<void> }> {
  const files = new Map<string, Serving>();
  const server = createServer((request, response) => {
    const serving = files.get(request.url ?? '');
    if (serving) void answer(serving, request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    serve(file) {
      const path = `/${randomBytes(16).toString('hex')}`;
      const closed = new AbortController();
      files.set(path, { file, answerEnd: createAnswerLength(file.bytes), closed });
      return Promise.resolve({
        url: `http://127.0.0.1:${port}${path}`,
        close() {
          files.delete(path);
          closed.abort();
          return Promise.resolve();
        },
      });
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  { file, answerEnd, closed }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = parseByteRange(request.headers.range, file.bytes);
  if (asked === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${file.bytes}` }).end();
    return;
  }
  const range = asked
    ? { start: asked.start, end: Math.min(asked.end, answerEnd(asked.start)) }
    : { start: 0, end: file.bytes };
  response.writeHead(asked ? 206 : 200, headersOf(range, file.bytes, asked !== undefined));
  if (request.method === 'HEAD' || range.start === range.end) response.end();
  else await send(file, range, closed.signal, response);
}

function headersOf(range: ByteRange, bytes: number, isPart: boolean) {
  return {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'content-length': range.end - range.start,
    ...(isPart && { 'content-range': `bytes ${range.start}-${range.end - 1}/${bytes}` }),
  };
}

async function send(
  file: SourceFile,
  range: ByteRange,
  closed: AbortSignal,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, closed]);
  signal.addEventListener('abort', () => response.destroy());
  try {
    for await (const piece of file.read(range, signal)) {
      await written(response, piece);
    }
    response.end();
  } catch {
    // ffmpeg sees a connection that ends too early; who serves the file knows why its read failed.
    response.destroy();
  }
}

/** Resolves when the kernel has it: from then on the piece may be used again. */
function written(response: ServerResponse, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => (error ? reject(error) : resolve()));
  });
}
