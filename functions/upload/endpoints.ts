import type { JobView } from '#shared/contracts/jobs';
import type { ConversionOptions } from '#shared/contracts/options';
import type { UploadQuery } from '#shared/contracts/upload';
import { AppError, sentence } from '#shared/core/errors';
import { tooLarge } from './at-most.ts';
import { upload, type UploadDeps, type UploadRequest } from './upload.ts';

/** What is read of a request; the runtime's Exchange has it all. */
export interface UploadExchange {
  readonly requestId: string;
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
  body(limits: { idleMs: number; totalMs: number }): AsyncIterable<Uint8Array>;
}

export interface FormDeps {
  readMultipart(
    contentType: string | undefined,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{
    readonly fields: Readonly<Record<string, string>>;
    readonly file: { readonly name: string; readonly stream: AsyncIterable<Uint8Array> };
  }>;
  /** The options, with defaults; throws `invalid_input`. */
  checkOptions(fields: Readonly<Record<string, string>>): ConversionOptions;
}

/** Without a byte for so long, the client is taken to be gone. */
const idleMs = 30_000;
/** What a form may have beside its video: a field for each option, and headers. */
const formBytes = 64 * 1024;

/** POST: a form with the options and then the video. */
export function uploadForm(deps: UploadDeps & FormDeps) {
  return async (exchange: UploadExchange, ownerId: string): Promise<JobView> =>
    upload(deps)({
      ...describe(deps, exchange, ownerId, formBytes),
      receive: async (signal) => {
        const type = exchange.header('content-type');
        const { fields, file } = await deps.readMultipart(type, bodyOf(deps, exchange), signal);
        return { name: file.name, options: deps.checkOptions(fields), bytes: file.stream };
      },
    });
}

/** PUT: the body is the video, the query its name and the options. */
export function uploadBody(deps: UploadDeps) {
  return async (
    exchange: UploadExchange,
    ownerId: string,
    { name, ...options }: UploadQuery,
  ): Promise<JobView> =>
    upload(deps)({
      ...describe(deps, exchange, ownerId, 0),
      receive: () => Promise.resolve({ name, options, bytes: bodyOf(deps, exchange) }),
    });
}

function bodyOf({ limits }: UploadDeps, exchange: UploadExchange): AsyncIterable<Uint8Array> {
  return exchange.body({ idleMs, totalMs: limits.uploadSeconds * 1_000 });
}

function describe(
  { limits }: UploadDeps,
  exchange: UploadExchange,
  ownerId: string,
  besideBytes: number,
): Omit<UploadRequest, 'receive'> {
  const { requestId, signal: client } = exchange;
  const toldBytes = countOf(exchange, 'x-upload-length');
  const bodyBytes = countOf(exchange, 'content-length') ?? 0;
  // Refused before the first byte; what is not told is counted (openfaas.md §1.4).
  if (Math.max(toldBytes ?? 0, bodyBytes - besideBytes) > limits.maxBytes) {
    throw tooLarge(limits.maxBytes);
  }
  const idempotencyKey = keyOf(exchange);
  return { ownerId, requestId, client, toldBytes, idempotencyKey };
}

function countOf(exchange: UploadExchange, name: string): number | undefined {
  const value = exchange.header(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw invalid(name, 'not a number of bytes');
  return Number(value);
}

function keyOf(exchange: UploadExchange): string | undefined {
  const key = exchange.header('idempotency-key');
  if (key !== undefined && !/^[\x20-\x7e]{1,200}$/.test(key)) {
    throw invalid('idempotency-key', 'not 1 to 200 printable ASCII characters');
  }
  return key;
}

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', sentence.invalid_input, { problems: [{ path, message }] });
}
