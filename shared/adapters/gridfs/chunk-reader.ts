import { AppError } from '#shared/core/errors';
import type { Deadline } from './deadline.ts';
import {
  type BucketCollections,
  type ChunkDocument,
  type FileDocument,
  bytesOf,
  expectedBytes,
} from './layout.ts';

/** Chunks asked for before they are needed, at most: more are no faster and take memory. */
const mostAhead = 6;

/** What has to be known of a file to read it. */
export type ReadableFile = Pick<FileDocument, '_id' | 'length' | 'chunkSize'>;

/** Bytes of a file, from `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes of a range in order, a chunk at a time. Every chunk is compared with the length it has
 * to have: one that is missing or of another length is `stored_file_damaged`, and nothing behind it
 * is given out. Each is a query of its own, so there is no cursor that a reader who leaves could
 * forget; the further a reader goes on, the more are asked ahead.
 */
export async function* readChunks(
  { chunks }: BucketCollections,
  file: ReadableFile,
  { start, end }: ByteRange,
  deadline: Deadline,
): AsyncGenerator<Uint8Array, void, undefined> {
  const first = Math.floor(start / file.chunkSize);
  const last = start < end ? Math.ceil(end / file.chunkSize) : first;
  const asked: Promise<ChunkDocument | null>[] = [];

  function ask(n: number): void {
    const answer = deadline(chunks.findOne({ files_id: file._id, n }));
    // Whoever leaves early hears nothing of what was asked ahead.
    answer.catch(() => undefined);
    asked.push(answer);
  }

  for (let n = first; n < last; n += 1) {
    const until = Math.min(last, n + Math.min(n - first + 1, mostAhead));
    while (n + asked.length < until) ask(n + asked.length);
    const bytes = checked(file, n, await asked.shift());
    const offset = n * file.chunkSize;
    yield bytes.subarray(Math.max(0, start - offset), end - offset);
  }
}

/**
 * Pieces of {@link readChunks} that are given back when the next one is asked for. The collector
 * would let go of them much later: of a large file 70 MB wait for it.
 */
export async function* lendChunks(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    yield piece;
    // The answer it came in. A small one lies in Node's pool, beside what is not ours.
    const { buffer } = piece;
    const isAlone = 2 * piece.length > buffer.byteLength;
    if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}

function checked(
  file: ReadableFile,
  n: number,
  chunk: ChunkDocument | null | undefined,
): Uint8Array {
  const bytes = chunk && bytesOf(chunk);
  if (bytes?.length === expectedBytes(file, n)) return bytes;
  const state = bytes ? `has ${bytes.length} bytes` : 'is missing';
  throw new AppError('stored_file_damaged', undefined, {
    cause: new Error(`Chunk ${n} of file ${file._id.toHexString()} ${state}.`),
  });
}
