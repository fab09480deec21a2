import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import * as v from 'valibot';
import { AppError, sentence } from '#shared/core/errors';

/** How long a request body may stand still, and how long it may take in all. */
export interface BodyLimits {
  readonly idleMs: number;
  readonly totalMs: number;
}

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
  let idle = setTimeout(expire, limits.idleMs);
  try {
    for await (const chunk of body) {
      clearTimeout(idle);
      if (chunk instanceof Uint8Array) yield chunk;
      // Started only now: a slow consumer is not the client's fault.
      idle = setTimeout(expire, limits.idleMs);
    }
  } finally {
    clearTimeout(total);
    clearTimeout(idle);
  }
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
