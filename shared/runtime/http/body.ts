import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import * as v from 'valibot';
import { AppError, sentence } from '#shared/core/errors';

/** How long a request body may stand still, and how long it may take in all. */
export interface BodyLimits {
  /** A body that brings less than 16 KiB in so long stands still, even where it drips. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** What has to come within `idleMs`: no line that carries a video is so slow. */
const aliveBytes = 16 * 1024;

const jsonLimits: BodyLimits = { idleMs: 10_000, totalMs: 10_000 };
const jsonBytes = 16 * 1024;

/**
 * The body's chunks as they arrive. Rejects with `upload_timeout` when it stands still or takes
 * too long, and with `upload_incomplete` when the client goes away.
 */
export async function* readBody(
  request: IncomingMessage,
  limits: BodyLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const body = tap(request);
  const expire = () => body.destroy(new AppError('upload_timeout'));
  const total = setTimeout(expire, limits.totalMs);
  const patience = createPatience(limits.idleMs, expire);
  try {
    patience.wait();
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue;
      patience.heard(chunk.length);
      yield chunk;
      // Only now: a slow consumer is not the client's fault.
      patience.wait();
    }
  } finally {
    clearTimeout(total);
    patience.end();
  }
}

/** Waits for `ms` in all, and anew each time that {@link aliveBytes} have come. */
function createPatience(ms: number, expire: () => void) {
  let left = ms;
  let bytes = 0;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    wait() {
      since = performance.now();
      timer = setTimeout(expire, left);
    },
    heard(more: number) {
      clearTimeout(timer);
      left -= performance.now() - since;
      bytes += more;
      if (bytes < aliveBytes) return;
      bytes = 0;
      left = ms;
    },
    end: () => clearTimeout(timer),
  };
}

/** The body apart from its request, so that giving it up leaves the connection for the answer. */
function tap(request: IncomingMessage): PassThrough {
  const body = new PassThrough();
  const lost = (cause?: Error) => {
    if (!request.complete) {
      body.destroy(new AppError('upload_incomplete', sentence.upload_incomplete, { cause }));
    }
  };
  request.once('error', lost).once('close', () => lost());
  // Answered early: what still waits for bytes must not wait in vain.
  body.once('unpipe', () => {
    if (!body.writableEnded) body.destroy(new AppError('upload_incomplete'));
  });
  return request.pipe(body);
}

/**
 * A small JSON body that fits `schema`. Rejects with `unsupported_media_type`,
 * `payload_too_large` (16 KiB), `bad_request` (no JSON) or `invalid_input` (all problems listed).
 */
export async function readJson<T>(
  request: IncomingMessage,
  schema: v.GenericSchema<unknown, T>,
): Promise<T> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new AppError('unsupported_media_type', 'Send JSON with Content-Type: application/json.');
  }
  return validate(schema, parseJson(await readText(request, jsonBytes)));
}

/** The whole body as UTF-8 text. Rejects with `payload_too_large` beyond `maxBytes`. */
export async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of readBody(request, jsonLimits)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new AppError('payload_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `input` as the schema's output; rejects with `invalid_input` that lists every problem. */
export function validate<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new AppError('invalid_input', sentence.invalid_input, {
    problems: result.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? '',
      message: issue.message,
    })),
  });
}

function parseJson(text: string): unknown {
  // PostgreSQL text cannot hold NUL; refusing it here keeps it a client's mistake.
  if (text.includes('\\u0000')) throw new AppError('bad_request', 'NUL characters are not taken.');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('bad_request', 'The body is not valid JSON.', { cause: error });
  }
}
