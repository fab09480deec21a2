import type { ObjectId } from 'mongodb';
import { type AppError, toAppError } from '#shared/core/errors';
import type { Deadline } from './deadline.ts';
import { type BucketCollections, type ChunkDocument, chunkDocument } from './layout.ts';

/** Chunks of one `insertMany`: 16 of them are 4 MiB, 1.5 × as fast as one by one. */
const batchChunks = 16;
/** Batches on their way at once; more of them only take memory. */
const batchesInFlight = 3;

/** Inserts the chunks of one file in batches, holding back whoever writes faster. */
export interface ChunkWriter {
  /** Takes one chunk, at once or when there is room. Rejects once any insert has failed. */
  add(n: number, data: Uint8Array): Promise<void>;
  /** Resolves when every chunk taken is stored; rejects with the first failure. */
  flush(): Promise<void>;
  /** Removes the chunks that this writer stored, after what is in flight has ended. */
  undo(): Promise<void>;
}

/** A writer for the chunks of one file. */
export function createChunkWriter(
  { chunks }: BucketCollections,
  fileId: ObjectId,
  deadline: Deadline,
): ChunkWriter {
  const inFlight = new Set<Promise<void>>();
  let batch: ChunkDocument[] = [];
  let firstId: ObjectId | undefined;
  let failure: AppError | undefined;

  function send(): void {
    if (batch.length === 0) return;
    const insert = deadline(chunks.insertMany(batch))
      .then(() => undefined)
      .catch((error: unknown) => {
        failure ??= toAppError(error);
      })
      .finally(() => inFlight.delete(insert));
    inFlight.add(insert);
    batch = [];
  }

  function throwFailure(): void {
    if (failure) throw failure;
  }

  return {
    async add(n, data) {
      throwFailure();
      const chunk = chunkDocument(fileId, n, data);
      firstId ??= chunk._id;
      batch.push(chunk);
      if (batch.length < batchChunks) return;
      send();
      if (inFlight.size >= batchesInFlight) await Promise.race(inFlight);
    },
    async flush() {
      send();
      await Promise.all(inFlight);
      throwFailure();
    },
    async undo() {
      batch = [];
      await Promise.all(inFlight);
      // From our first chunk on: where the id was taken already, the other file stays whole.
      if (firstId) await deadline(chunks.deleteMany({ files_id: fileId, _id: { $gte: firstId } }));
    },
  };
}
