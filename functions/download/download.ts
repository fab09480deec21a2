import { AppError, sentence } from '#shared/core/errors';
import { mp3Name } from '#shared/core/file-name';
import type { Job, JobResult } from '#shared/core/job';
import type { JobShelf } from '#shared/core/ports';
import { contentDisposition } from './content-disposition.ts';
import { openMp3, type OpenMp3Deps } from './open-mp3.ts';
import { type ByteRange, parseRange } from './range.ts';

export interface DownloadDeps extends OpenMp3Deps {
  readonly shelf: Pick<JobShelf, 'find' | 'noteDamage'>;
  /** A client that takes nothing for so long is cut off. */
  readonly stallSeconds: number;
}

/** What is read of a request; the runtime's Exchange has it all. */
export interface DownloadExchange {
  readonly signal: AbortSignal;
  header(name: string): string | undefined;
}

/** Becomes the answer as it is. */
export interface DownloadAnswer {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array> | undefined;
  readonly stallMs?: number;
}

/**
 * Hands the owner the MP3 of a `done` job, whole or one range of it (RFC 9110 §13, §14). Rejects
 * with `not_found`, `conflict` (not done), `gone` (expired), `range_not_satisfiable` and, before
 * the first byte, with `stored_file_damaged` when the file is not there as it was published. A
 * chunk that is missing later makes the body fail: shorter than Content-Length, never silently.
 * Either is noted on the job, and from then on every download is answered with it.
 */
export function download(deps: DownloadDeps) {
  return async (
    exchange: DownloadExchange,
    ownerId: string,
    jobId: string,
  ): Promise<DownloadAnswer> => {
    const job = await deps.shelf.find(ownerId, jobId);
    if (job === undefined) throw new AppError('not_found');
    const result = resultOf(job);
    const etag = `"${result.sha256}"`;
    if (isListed(exchange.header('if-none-match'), etag)) {
      return { status: 304, headers: { etag, 'cache-control': 'no-store' }, body: undefined };
    }
    const range = rangeOf(exchange, result.bytes, etag);
    return {
      status: range === undefined ? 200 : 206,
      headers: { ...headersOf(job, etag), ...lengthOf(range, result.bytes) },
      body: await openMp3(deps, job, { ...result, range }, exchange.signal),
      stallMs: deps.stallSeconds * 1_000,
    };
  };
}

function resultOf({ state, result, error }: Job): JobResult {
  if (state === 'expired') throw new AppError('gone');
  if (state !== 'done' || result === undefined) {
    throw new AppError('conflict', `This job is ${state}: it has no MP3 to download.`);
  }
  if (error !== undefined) throw new AppError(error.code, error.message);
  return result;
}

/** Whether `If-None-Match` names the file; compared weakly, as the RFC says. */
function isListed(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

function rangeOf(exchange: DownloadExchange, size: number, etag: string): ByteRange {
  const condition = exchange.header('if-range');
  if (condition !== undefined && condition !== etag) return undefined;
  const range = parseRange(exchange.header('range'), size);
  if (range !== 'unsatisfiable') return range;
  const headers = { 'content-range': `bytes */${size}` };
  throw new AppError('range_not_satisfiable', sentence.range_not_satisfiable, { headers });
}

function headersOf(job: Job, etag: string): Record<string, string> {
  return {
    etag,
    'content-type': 'audio/mpeg',
    'content-disposition': contentDisposition(mp3Name(job.source.name)),
    'accept-ranges': 'bytes',
    // Private bytes: no cache keeps them. If-None-Match still saves a client that has the file.
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  };
}

function lengthOf(range: ByteRange, size: number): Record<string, string> {
  if (range === undefined) return { 'content-length': String(size) };
  const { start, end } = range;
  return {
    'content-length': String(end - start),
    'content-range': `bytes ${start}-${end - 1}/${size}`,
  };
}
