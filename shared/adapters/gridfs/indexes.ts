import type { Collection, Document, IndexSpecification } from 'mongodb';
import type { BucketCollections } from './layout.ts';

/**
 * Creates the two indexes of the GridFS specification where they are absent, and looks whether
 * they are there: the driver's own GridFS swallows the error. Rejects where another index of the
 * same keys stands in the way.
 */
export async function ensureIndexes({ files, chunks }: BucketCollections): Promise<void> {
  await ensureIndex(files, { filename: 1, uploadDate: 1 }, false);
  await ensureIndex(chunks, { files_id: 1, n: 1 }, true);
}

async function ensureIndex<T extends Document>(
  collection: Collection<T>,
  key: Record<string, 1> & IndexSpecification,
  unique: boolean,
): Promise<void> {
  await collection.createIndex(key, { unique }, {});
  const wanted = JSON.stringify(key);
  const found = (await collection.indexes()).some(
    (index) => JSON.stringify(index.key) === wanted && (index.unique === true || !unique),
  );
  if (!found) throw new Error(`${collection.collectionName} has no index ${wanted}.`);
}
