import type { Collection, Document, IndexSpecification } from 'mongodb';
import type { BucketCollections } from './layout.ts';

/**
 * Creates the two indexes of the GridFS specification where they are absent, and looks whether
 * they are there: the driver's own GridFS swallows the error. Rejects where another index of the
 * same keys stands in the way. Looks first, because to ask for an index that exists takes a server
 * many times as long.
 */
export async function ensureIndexes({ files, chunks }: BucketCollections): Promise<void> {
  await Promise.all([
    ensureIndex(files, { filename: 1, uploadDate: 1 }, false),
    ensureIndex(chunks, { files_id: 1, n: 1 }, true),
  ]);
}

async function ensureIndex<T extends Document>(
  collection: Collection<T>,
  key: Record<string, 1> & IndexSpecification,
  unique: boolean,
): Promise<void> {
  const wanted = JSON.stringify(key);
  const isThere = async () =>
    (await collection.indexes()).some(
      (index) => JSON.stringify(index.key) === wanted && (index.unique === true || !unique),
    );
  // There are no indexes to list before there is a collection; other errors come again below.
  if (await isThere().catch(() => false)) return;
  await collection.createIndex(key, { unique }, {});
  if (!(await isThere())) throw new Error(`${collection.collectionName} has no index ${wanted}.`);
}
