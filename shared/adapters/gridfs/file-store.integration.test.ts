import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Db, GridFSBucket, MongoClient, ObjectId } from 'mongodb';
import { exampleBytes, exampleFile, fileStoreContract } from '#shared/testing/file-store.contract';
import type { FileStoreBench } from '#shared/testing/file-store.fake';
import { createFileStore, type GridFsFileStore } from './file-store.ts';
import { chunkBytes, collectionsOf } from './layout.ts';

const uri = process.env['MONGODB_URI'] ?? '';
if (uri === '') throw new Error('MONGODB_URI names the server for this test.');

fileStoreContract('GridFS', async () => {
  let aheadMs = 0;
  const server = await openServer(() => new Date(Date.now() + aheadMs));
  return {
    store: server.store,
    bench: benchOf(server.database),
    advance(seconds) {
      aheadMs += seconds * 1000;
    },
    close: () => server.close(),
  };
});

describe('createFileStore', () => {
  let server: Awaited<ReturnType<typeof openServer>>;
  let store: GridFsFileStore;
  beforeAll(async () => {
    server = await openServer();
    store = server.store;
  });
  afterAll(() => server.close());

  test("is read by the driver's own GridFS", async () => {
    const bytes = exampleBytes(3 * chunkBytes + 5);
    const file = exampleFile(store.newFileId());
    await store.write('videos', file, once(bytes));
    const bucket = new GridFSBucket(server.database, { bucketName: 'videos' });

    const read = await collect(bucket.openDownloadStream(new ObjectId(file.fileId)));
    const [document] = await bucket.find({ _id: new ObjectId(file.fileId) }).toArray();

    expect(read.equals(bytes)).toBe(true);
    expect(document).toMatchObject({
      length: bytes.length,
      chunkSize: chunkBytes,
      filename: file.name,
      metadata: { job: file.jobId, owner: file.ownerId, contentType: 'video/mp4' },
    });
  });

  test.each([1000, chunkBytes])(
    "reads what the driver's own GridFS wrote in chunks of %i bytes",
    async (chunkSizeBytes) => {
      const bytes = exampleBytes(2 * chunkBytes + 5);
      const bucket = new GridFSBucket(server.database, { bucketName: 'videos', chunkSizeBytes });
      const upload = bucket.openUploadStream('foreign.mp4');
      upload.end(bytes);
      await new Promise((resolve) => upload.once('finish', resolve));
      const fileId = upload.id.toHexString();

      const read = await collect(store.read('videos', fileId, { start: 999, end: 300_001 }));

      expect(read.equals(bytes.subarray(999, 300_001))).toBe(true);
      expect(await store.info('videos', fileId)).toMatchObject({ bytes: bytes.length, sha256: '' });
    },
  );

  test('has the indexes of the GridFS specification', async () => {
    const { files, chunks } = collectionsOf(server.database, 'mp3s');

    expect(await chunks.indexes()).toContainEqual(
      expect.objectContaining({ key: { files_id: 1, n: 1 }, unique: true }),
    );
    expect(await files.indexes()).toContainEqual(
      expect.objectContaining({ key: { filename: 1, uploadDate: 1 } }),
    );
  });

  test('is not ready where an index that allows doubled chunks stands in the way', async () => {
    const other = openDatabase();
    await other.database.collection('videos.chunks').createIndex({ files_id: 1, n: 1 }, {}, {});
    const obstructed = createFileStore({ uri, database: other.database.databaseName });

    await expect(obstructed.ready()).rejects.toMatchObject({ code: 'storage' });
    await obstructed.close();
    await other.close();
  });

  test('rejects with storage, in time, where no server is', async () => {
    const away = createFileStore({
      uri: 'mongodb://127.0.0.1:1',
      database: 'x',
      deadlineMs: 300,
    });
    const start = performance.now();

    await expect(away.ready()).rejects.toMatchObject({ code: 'storage' });
    await expect(away.info('videos', store.newFileId())).rejects.toMatchObject({ code: 'storage' });
    expect(performance.now() - start).toBeLessThan(1500);
    await away.close();
  });

  test('promise 3: 200 MB written and read take the memory of a few chunks', async () => {
    const bytes = 200 * 1024 * 1024;
    await roundTrip(20 * 1024 * 1024);
    const before = process.memoryUsage.rss();
    const figures = await roundTrip(bytes);

    console.log(
      `write ${Math.round(bytes / 1e3 / figures.writeMs)} MB/s, ` +
        `read ${Math.round(bytes / 1e3 / figures.readMs)} MB/s, ` +
        `RSS +${Math.round((figures.rss - before) / 1e6)} MB`,
    );
    expect(figures.bytes).toBe(bytes);
    expect(figures.rss - before).toBeLessThan(128e6);
  }, 60_000);

  async function roundTrip(length: number) {
    const file = exampleFile(store.newFileId());
    let rss = 0;
    let bytes = 0;
    const sample = () => (rss = Math.max(rss, process.memoryUsage.rss()));
    const start = performance.now();
    await store.write('videos', file, zeros(length, sample));
    const middle = performance.now();
    for await (const piece of store.read('videos', file.fileId)) {
      bytes += piece.length;
      sample();
    }
    const end = performance.now();
    await store.remove('videos', file.fileId);
    return { bytes, rss, writeMs: middle - start, readMs: end - middle };
  }
});

function openDatabase() {
  const client = new MongoClient(uri);
  const database = client.db(`test_${randomUUID().slice(0, 8)}`);
  return {
    database,
    async close() {
      await database.dropDatabase();
      await client.close();
    },
  };
}

async function openServer(now?: () => Date) {
  const connection = openDatabase();
  const { database } = connection;
  const clock = now ? { now } : {};
  const store = createFileStore({ uri, database: database.databaseName, ...clock });
  await store.ready();
  return {
    store,
    database,
    async close() {
      await store.close();
      await connection.close();
    },
  };
}

function benchOf(database: Db): FileStoreBench {
  const idOf = (fileId: string) => new ObjectId(fileId);
  return {
    chunkCount: (bucket, fileId) =>
      collectionsOf(database, bucket).chunks.countDocuments({ files_id: idOf(fileId) }),
    async damage(bucket, fileId, n, how) {
      const { chunks } = collectionsOf(database, bucket);
      const chunk = await chunks.findOneAndDelete({ files_id: idOf(fileId), n });
      if (how === 'missing' || !chunk) return;
      const shorter = chunk.data.buffer.subarray(0, chunk.data.position - 1);
      await database
        .collection(`${bucket}.chunks`)
        .insertOne({ ...chunk, data: Buffer.from(shorter) });
    },
    async strand(bucket, fileId) {
      await collectionsOf(database, bucket).files.deleteOne({ _id: idOf(fileId) });
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function* zeros(length: number, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; left -= 65_536) {
    await Promise.resolve();
    onPiece();
    yield Buffer.alloc(Math.min(left, 65_536));
  }
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}
