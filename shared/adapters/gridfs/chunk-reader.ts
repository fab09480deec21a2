import { AppError } from '#shared/core/errors';
import type { Deadline } from './deadline.ts';
import {
  type BucketCollections,
  type ChunkDocument,
  type FileDocument,
  bytesOf,
  expectedBytes,
} from './layout.ts';

/** Chunks of one query: 1 MiB; 2 MiB are no faster and take more memory. */
const queryChunks = 4;
/** Queries under way ahead of the reader: what decides how fast a file can be read. */
const queriesAhead = 2;

/** What has to be known of a file to read it. */
export type ReadableFile = Pick<FileDocument, '_id' | 'length' | 'chunkSize'>;

/** Bytes of a file, from `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of a range in order. Every chunk is compared with the length it has to have: one that
 * is missing or of another length is `storage`, and nothing behind it is given out. Queries are
 * short and complete, so there is no cursor that a reader who leaves could forget.
 */
export async function* readChunks(
  { chunks }: BucketCollections,
  file: ReadableFile,
  { start, end }: ByteRange,
  deadline: Deadline,
): AsyncGenerator<Uint8Array, void, undefined> {
  const last = Math.ceil(end / file.chunkSize);
  const ahead: Promise<ChunkDocument[]>[] = [];
  let next = Math.floor(start / file.chunkSize);
  let n = next;

  function query(): void {
    const until = Math.min(next + queryChunks, last);
    const found = chunks
      .find({ files_id: file._id, n: { $gte: next, $lt: until } }, { batchSize: queryChunks + 1 })
      .sort({ n: 1 })
      .toArray();
    const answer = deadline(found);
    // Whoever leaves early hears nothing of what was asked ahead.
    answer.catch(() => undefined);
    ahead.push(answer);
    next = until;
  }

  while (n < last && start < end) {
    while (ahead.length < queriesAhead && next < last) query();
    const found = new Map((await ahead.shift())?.map((chunk) => [chunk.n, chunk]));
    for (const until = Math.min(n + queryChunks, last); n < until; n += 1) {
      const bytes = checked(file, n, found.get(n));
      const offset = n * file.chunkSize;
      yield bytes.subarray(Math.max(0, start - offset), end - offset);
    }
  }
}

function checked(file: ReadableFile, n: number, chunk: ChunkDocument | undefined): Uint8Array {
  const bytes = chunk && bytesOf(chunk);
  if (bytes?.length === expectedBytes(file, n)) return bytes;
  const state = bytes ? `has ${bytes.length} bytes` : 'is missing';
  throw new AppError('storage', undefined, {
    cause: new Error(`Chunk ${n} of file ${file._id.toHexString()} ${state}.`),
  });
}
