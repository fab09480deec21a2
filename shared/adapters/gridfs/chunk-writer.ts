import type { ObjectId } from 'mongodb';
import { type AppError, toAppError } from '#shared/core/errors';
import type { Deadline } from './deadline.ts';
import { type BucketCollections, type ChunkDocument, chunkBytes, chunkDocument } from './layout.ts';

/** Chunks of one insert: 4 of them are 1 MiB; 8 are no faster and take more memory. */
const batchChunks = 4;
/** Batches on their way at once; more of them only take memory. */
const batchesInFlight = 3;

/** Inserts the chunks of one file in batches, holding back whoever writes faster. */
export interface ChunkWriter {
  /** A buffer of one chunk to fill: one whose chunk is stored by now, else a fresh one. */
  readonly newBuffer: () => Buffer;
  /**
   * Takes one chunk, at once or when there is room, and its buffer for good. Rejects once any
   * insert has failed.
   */
  add(n: number, data: Buffer): Promise<void>;
  /** Resolves when every chunk taken is stored; rejects with the first failure. */
  flush(): Promise<void>;
  /** Removes a stored chunk and takes another in its place. */
  replace(n: number, data: Buffer): Promise<void>;
  /** From now on there is no undoing: others may read what is stored. */
  keep(): void;
  /** Removes the chunks that this writer stored, after what is in flight has ended. */
  undo(): Promise<void>;
}

/** A writer for the chunks of one file. */
export function createChunkWriter(
  bucket: BucketCollections,
  fileId: ObjectId,
  deadline: Deadline,
): ChunkWriter {
  const inFlight = new Set<Promise<void>>();
  const spare: Buffer[] = [];
  let batch: { readonly n: number; readonly data: Buffer }[] = [];
  let firstId: ObjectId | undefined;
  let failure: AppError | undefined;
  let isKept = false;

  function send(): void {
    if (batch.length === 0) return;
    const sent = batch.map(({ data }) => data);
    const documents = batch.map(({ n, data }) => chunkDocument(fileId, n, data));
    firstId ??= documents[0]?._id;
    const sending = deadline(insert(bucket, documents))
      .then(() => {
        // Buffers that are used again: the collector lets go of them too late for a large file.
        spare.push(...sent.filter((data) => data.length === chunkBytes));
      })
      .catch((error: unknown) => {
        failure ??= toAppError(error);
      })
      .finally(() => inFlight.delete(sending));
    inFlight.add(sending);
    batch = [];
  }

  function throwFailure(): void {
    if (failure) throw failure;
  }

  async function add(n: number, data: Buffer): Promise<void> {
    throwFailure();
    batch.push({ n, data });
    if (batch.length < batchChunks) return;
    send();
    if (inFlight.size >= batchesInFlight) await Promise.race(inFlight);
  }

  return {
    newBuffer: () => spare.pop() ?? Buffer.allocUnsafeSlow(chunkBytes),
    add,
    async replace(n, data) {
      await deadline(bucket.chunks.deleteOne({ files_id: fileId, n }));
      await add(n, data);
    },
    keep() {
      isKept = true;
    },
    async flush() {
      send();
      await Promise.all(inFlight);
      throwFailure();
    },
    async undo() {
      batch = [];
      await Promise.all(inFlight);
      if (!firstId || isKept) return;
      // From our first chunk on: where the id was taken already, the other file stays whole.
      const ours = { files_id: fileId, _id: { $gte: firstId } };
      await deadline(bucket.chunks.deleteMany(ours));
    },
  };
}

/**
 * `insertMany` as the command it is: the driver's own copies every chunk four times on its way,
 * this twice, which is a third of an upload's memory.
 */
async function insert(
  { database, chunks }: BucketCollections,
  documents: readonly ChunkDocument[],
): Promise<void> {
  const { n, writeErrors } = await database.command({ insert: chunks.collectionName, documents });
  if (n === documents.length) return;
  const cause: unknown = writeErrors;
  throw new Error(`${String(n)} of ${documents.length} chunks were stored.`, { cause });
}
