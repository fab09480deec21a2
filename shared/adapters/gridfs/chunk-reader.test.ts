import { describe, expect, test } from '@jest/globals';
import { Binary, ObjectId } from 'mongodb';
import { lendChunks, readChunks } from './chunk-reader.ts';
import type { BucketCollections } from './layout.ts';

const chunkSize = 10_000;
const count = 30;
const length = count * chunkSize - 1;
const file = { _id: new ObjectId(), length, chunkSize };

/** Byte `n` of the file is `n % 251`. */
function content(start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start }, (_, n) => (start + n) % 251);
}

/** A bucket that answers those first who asked last. */
function bucketOf(missing?: number) {
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  const answer = (n: number) => {
    const data = new Binary(content(n * chunkSize, Math.min((n + 1) * chunkSize, length)));
    return n === missing ? null : { _id: new ObjectId(), files_id: file._id, n, data };
  };
  const chunks = {
    findOne({ n }: { n: number }) {
      asked.push(n);
      return new Promise((resolve) => {
        waiting.unshift(() => resolve(answer(n)));
        setImmediate(() => waiting.splice(0).forEach((reply) => reply()));
      });
    },
  };
  return { asked, bucket: { chunks } as unknown as BucketCollections };
}

const read = (bucket: BucketCollections, start = 0, end = length) =>
  readChunks(bucket, file, { start, end }, (operation) => operation);

describe('readChunks', () => {
  test.each([
    [0, length],
    [0, 1],
    [chunkSize - 1, chunkSize + 1],
    [3 * chunkSize, 9 * chunkSize],
    [length - 1, length],
    [7, 7],
  ])('gives bytes %i to %i in order, and asks for no chunk twice', async (start, end) => {
    const { asked, bucket } = bucketOf();
    const pieces = await Array.fromAsync(read(bucket, start, end));
    expect(Buffer.concat(pieces).equals(content(start, end))).toBe(true);
    const first = Math.floor(start / chunkSize);
    const needed = start < end ? Math.ceil(end / chunkSize) - first : 0;
    expect(asked).toEqual(Array.from({ length: needed }, (_, n) => first + n));
  });

  test('asks for one chunk at first, and for six ahead of whoever goes on', async () => {
    const { asked, bucket } = bucketOf();
    const reading = read(bucket);
    const ahead: number[] = [];
    for (let given = 0; given < 8; given += 1) {
      await reading.next();
      ahead.push(asked.length - given);
    }
    expect(ahead).toEqual([1, 2, 3, 4, 5, 6, 6, 6]);
  });

  test('rejects at a chunk that is missing, and gives nothing behind it', async () => {
    const { bucket } = bucketOf(3);
    let bytes = 0;
    const reading = async () => {
      for await (const piece of read(bucket)) bytes += piece.length;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'stored_file_damaged' });
    expect(bytes).toBe(3 * chunkSize);
  });

  test('asks for nothing more when the reader leaves', async () => {
    const { asked, bucket } = bucketOf();
    const reading = read(bucket);
    for (let given = 0; given < 3; given += 1) await reading.next();
    await reading.return();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('lendChunks', () => {
  test('takes a piece back when the next one is asked for', async () => {
    const { bucket } = bucketOf();
    const reading = lendChunks(read(bucket));
    const first = (await reading.next()).value;
    expect(first).toEqual(content(0, chunkSize));
    await reading.next();
    expect(first).toHaveLength(0);
  });

  test('leaves a piece to whoever leaves with it', async () => {
    const { bucket } = bucketOf();
    const reading = lendChunks(read(bucket));
    const first = (await reading.next()).value;
    await reading.return();
    expect(first).toEqual(content(0, chunkSize));
  });

  test('leaves alone what shares its memory with others', async () => {
    const shared = new Uint8Array(100);
    const pieces = async function* () {
      await Promise.resolve();
      yield shared.subarray(0, 40);
    };
    await Array.fromAsync(lendChunks(pieces()));
    expect(shared).toHaveLength(100);
  });
});
