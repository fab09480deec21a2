import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileStore, NewFile, Savepoints } from '#shared/core/ports';
import type { FileStoreBench } from './file-store.fake.ts';

const chunkBytes = 255 * 1024;

/** A file store, its innards and its clock. */
export interface FileStoreHarness {
  readonly store: FileStore;
  readonly bench: FileStoreBench;
  /** Lets the store's clock run ahead by so many seconds. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

/** `length` bytes in which every position can be told from its neighbours. */
export function exampleBytes(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, n) => (n * 31 + (n >> 8) * 7) & 0xff));
}

/** A file to be, for tests. */
export function exampleFile(fileId: string): NewFile {
  return {
    fileId,
    jobId: '01a1fd86-1a9a-7f0a-9ba7-de349ac063f4',
    ownerId: '01a1fd86-1a9a-7f0a-9ba7-de349ac063f5',
    contentType: 'video/mp4',
    name: 'holiday.mp4',
  };
}

/** What every {@link FileStore} does. */
export function fileStoreContract(name: string, open: () => Promise<FileStoreHarness>): void {
  let harness: FileStoreHarness;
  let store: FileStore;

  const newFile = () => exampleFile(store.newFileId());
  const stored = async (bytes: Uint8Array) => {
    const file = newFile();
    await store.write('videos', file, pieces(bytes));
    return file.fileId;
  };
  const readAll = async (fileId: string, range?: { start: number; end: number }) => {
    const read: Uint8Array[] = [];
    for await (const piece of store.read('videos', fileId, range)) read.push(piece);
    return Buffer.concat(read);
  };

  beforeAll(async () => {
    harness = await open();
    store = harness.store;
  });
  afterAll(() => harness.close());

  describe(`FileStore: ${name}: write`, () => {
    test.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 20 * chunkBytes + 7])(
      'gives back the same %i bytes, counted and hashed',
      async (length) => {
        const bytes = exampleBytes(length);
        const file = newFile();

        const result = await store.write('videos', file, pieces(bytes));

        expect(result).toEqual({ fileId: file.fileId, bytes: length, sha256: sha256(bytes) });
        expect((await readAll(file.fileId)).equals(bytes)).toBe(true);
        expect(await store.info('videos', file.fileId)).toMatchObject({
          ...result,
          contentType: 'video/mp4',
        });
      },
    );

    test('rejects with the reason of the source and leaves no chunk', async () => {
      const file = newFile();
      const gone = new Error('the client is gone');

      await expect(
        store.write('videos', file, failing(exampleBytes(40 * chunkBytes), gone)),
      ).rejects.toBe(gone);

      expect(await harness.bench.chunkCount('videos', file.fileId)).toBe(0);
      expect(await store.info('videos', file.fileId)).toBeUndefined();
    });

    test('rejects with the reason of the signal while the source stands still, no chunk left', async () => {
      const file = newFile();
      const stop = new AbortController();
      const reason = new Error('stopped');

      const writing = store.write('videos', file, standing(40), stop.signal);
      setTimeout(() => {
        stop.abort(reason);
      }, 50);

      await expect(writing).rejects.toBe(reason);
      expect(await harness.bench.chunkCount('videos', file.fileId)).toBe(0);
    });

    test('refuses an id that is taken and leaves its file as it was', async () => {
      const bytes = exampleBytes(2 * chunkBytes);
      const fileId = await stored(bytes);

      const again = store.write('videos', { ...newFile(), fileId }, pieces(exampleBytes(9)));

      await expect(again).rejects.toMatchObject({ code: 'storage' });
      expect((await readAll(fileId)).equals(bytes)).toBe(true);
    });

    test('keeps the buckets apart', async () => {
      const fileId = await stored(exampleBytes(10));

      expect(await store.info('mp3s', fileId)).toBeUndefined();
    });
  });

  describe(`FileStore: ${name}: writeWithHead`, () => {
    test.each([
      [0, 0],
      [100, 0],
      [0, 10],
      [417, 100],
      [417, chunkBytes - 417],
      [417, 3 * chunkBytes],
      [chunkBytes, 2 * chunkBytes + 5],
    ])('puts a head of %i bytes in front of a body of %i', async (headBytes, bodyBytes) => {
      const head = exampleBytes(headBytes).reverse();
      const body = exampleBytes(bodyBytes);
      const whole = Buffer.concat([head, body]);
      const file = newFile();
      let bodyEnded = false;
      async function* source() {
        yield* pieces(body);
        bodyEnded = true;
      }

      const result = await store.writeWithHead('videos', file, source(), {
        bytes: headBytes,
        build() {
          expect(bodyEnded).toBe(true);
          return head;
        },
      });

      expect(result).toEqual({ fileId: file.fileId, bytes: whole.length, sha256: sha256(whole) });
      expect((await readAll(file.fileId)).equals(whole)).toBe(true);
    });

    test('refuses a head of another length than was told and leaves no chunk', async () => {
      const file = newFile();
      const head = { bytes: 10, build: () => exampleBytes(9) };

      const writing = store.writeWithHead('videos', file, pieces(exampleBytes(600_000)), head);

      await expect(writing).rejects.toThrow(TypeError);
      expect(await harness.bench.chunkCount('videos', file.fileId)).toBe(0);
    });

    test('refuses a head that is longer than one chunk', async () => {
      const head = { bytes: chunkBytes + 1, build: () => exampleBytes(chunkBytes + 1) };

      const writing = store.writeWithHead('videos', newFile(), pieces(exampleBytes(1)), head);

      await expect(writing).rejects.toThrow(TypeError);
    });

    test('rejects with the reason of the body and leaves no chunk', async () => {
      const file = newFile();
      const killed = new Error('ffmpeg was killed');
      const head = { bytes: 10, build: () => exampleBytes(10) };

      const writing = store.writeWithHead(
        'videos',
        file,
        failing(exampleBytes(40 * chunkBytes), killed),
        head,
      );

      await expect(writing).rejects.toBe(killed);
      expect(await harness.bench.chunkCount('videos', file.fileId)).toBe(0);
    });
  });

  describe(`FileStore: ${name}: savepoints`, () => {
    const head = exampleBytes(417).reverse();
    const body = exampleBytes(9 * chunkBytes + 5);
    const late = { bytes: head.length, build: () => head };
    /** Wants a savepoint whenever so many more bytes flowed; keeps what it was told. */
    const every = (bytes: number) => {
      const told: number[] = [];
      return {
        told,
        isWanted: (soFar: number) => soFar - (told.at(-1) ?? 0) >= bytes,
        stored: (soFar: number) => void told.push(soFar),
      };
    };
    const readPart = async (fileId: string, end: number) => {
      const range = { start: head.length, end: head.length + end };
      return Buffer.concat(await Array.fromAsync(store.readPart('videos', fileId, range)));
    };
    /** Breaks off behind the body. */
    const brokenOff = async (savepoints: Savepoints) => {
      const file = newFile();
      const killed = new Error('the worker was killed');
      const source = failing(body, killed);
      const writing = store.writeWithHead('videos', file, source, late, undefined, savepoints);
      await expect(writing).rejects.toBe(killed);
      return file.fileId;
    };

    test('what was told can be read while the body flows, and the file is not there yet', async () => {
      const file = newFile();
      const savepoints = every(4 * chunkBytes);
      const read: Buffer[] = [];
      async function* source() {
        for await (const piece of pieces(body)) {
          yield piece;
          const end = savepoints.told.at(-1);
          if (end === undefined || read.length === savepoints.told.length) continue;
          read.push(await readPart(file.fileId, end));
          expect(await store.info('videos', file.fileId)).toBeUndefined();
        }
      }

      const written = store.writeWithHead('videos', file, source(), late, undefined, savepoints);

      const whole = Buffer.concat([head, body]);
      expect((await written).sha256).toBe(sha256(whole));
      expect((await readAll(file.fileId)).equals(whole)).toBe(true);
      expect(savepoints.told).toEqual([5 * chunkBytes - 417, 9 * chunkBytes - 417]);
      expect(read.map((part, n) => part.equals(body.subarray(0, savepoints.told[n])))).toEqual([
        true,
        true,
      ]);
    });

    test('what was told stays when the write fails, and can be removed', async () => {
      const savepoints = every(4 * chunkBytes);

      const fileId = await brokenOff(savepoints);

      const [first = 0] = savepoints.told;
      expect((await readPart(fileId, first)).equals(body.subarray(0, first))).toBe(true);
      expect(await store.info('videos', fileId)).toBeUndefined();
      await store.remove('videos', fileId);
      expect(await harness.bench.chunkCount('videos', fileId)).toBe(0);
      await expect(readPart(fileId, first)).rejects.toMatchObject({ code: 'stored_file_damaged' });
    });

    test('nothing stays when none was wanted', async () => {
      const fileId = await brokenOff(every(Infinity));

      expect(await harness.bench.chunkCount('videos', fileId)).toBe(0);
    });

    test.each([0, 3])('rejects with stored_file_damaged where chunk %i is damaged', async (n) => {
      const savepoints = every(4 * chunkBytes);
      const fileId = await brokenOff(savepoints);
      await harness.bench.damage('videos', fileId, n, n === 0 ? 'missing' : 'short');

      const reading = readPart(fileId, savepoints.told[0] ?? 0);

      await expect(reading).rejects.toMatchObject({ code: 'stored_file_damaged' });
    });
  });

  describe(`FileStore: ${name}: read`, () => {
    const bytes = exampleBytes(20 * chunkBytes + 7);
    let fileId: string;
    beforeAll(async () => {
      fileId = await stored(bytes);
    });

    test.each([
      [0, 1],
      [0, 0],
      [chunkBytes - 1, chunkBytes + 1],
      [chunkBytes, 2 * chunkBytes],
      [5 * chunkBytes + 3, 19 * chunkBytes + 9],
      [20 * chunkBytes + 6, 20 * chunkBytes + 7],
    ])('gives bytes %i to %i', async (start, end) => {
      expect((await readAll(fileId, { start, end })).equals(bytes.subarray(start, end))).toBe(true);
    });

    test('lends the same bytes, a piece at a time', async () => {
      const lent: Uint8Array[] = [];
      for await (const piece of store.lend('videos', fileId)) lent.push(Uint8Array.from(piece));
      expect(Buffer.concat(lent).equals(bytes)).toBe(true);
    });

    test.each([
      [-1, 5],
      [5, 4],
      [0, 20 * chunkBytes + 8],
    ])('refuses the range %i to %i', async (start, end) => {
      await expect(readAll(fileId, { start, end })).rejects.toThrow(TypeError);
    });

    test('can be left early', async () => {
      for await (const piece of store.read('videos', fileId)) {
        expect(piece[0]).toBe(bytes[0]);
        break;
      }
    });

    test('rejects with the reason of the signal in the midst of a file', async () => {
      const stop = new AbortController();
      const reading = store.read('videos', fileId, undefined, stop.signal)[Symbol.asyncIterator]();
      await reading.next();
      const reason = new Error('the job was cancelled');

      stop.abort(reason);

      await expect(drain(reading)).rejects.toBe(reason);
    });

    test('rejects with stored_file_damaged where there is no file', async () => {
      await expect(readAll(store.newFileId())).rejects.toMatchObject({
        code: 'stored_file_damaged',
      });
    });

    test.each([
      ['missing', 0],
      ['missing', 9],
      ['missing', 20],
      ['short', 0],
      ['short', 9],
      ['short', 20],
    ] as const)('fault 38: rejects with stored_file_damaged at a %s chunk %i', async (how, n) => {
      const damaged = await stored(bytes);
      await harness.bench.damage('videos', damaged, n, how);

      await expect(readAll(damaged)).rejects.toMatchObject({ code: 'stored_file_damaged' });
    });
  });

  describe(`FileStore: ${name}: remove`, () => {
    test('removes the file and its chunks', async () => {
      const fileId = await stored(exampleBytes(3 * chunkBytes));

      await store.remove('videos', fileId);

      expect(await store.info('videos', fileId)).toBeUndefined();
      expect(await harness.bench.chunkCount('videos', fileId)).toBe(0);
    });

    test('removes chunks without a file', async () => {
      const fileId = await stored(exampleBytes(3 * chunkBytes));
      await harness.bench.strand('videos', fileId);

      await store.remove('videos', fileId);

      expect(await harness.bench.chunkCount('videos', fileId)).toBe(0);
    });

    test('is content where there is nothing', async () => {
      await expect(store.remove('videos', store.newFileId())).resolves.toBeUndefined();
    });
  });

  describe(`FileStore: ${name}: listOlderThan`, () => {
    const listAll = async (seconds: number) => {
      const found = new Set(await store.listOlderThan('mp3s', seconds, 100));
      return [...found].sort();
    };

    test('names files and chunks without a file that are old enough, and nothing younger', async () => {
      const whole = newFile();
      const stranded = newFile();
      await store.write('mp3s', whole, pieces(exampleBytes(10)));
      await store.write('mp3s', stranded, pieces(exampleBytes(2 * chunkBytes)));
      await harness.bench.strand('mp3s', stranded.fileId);

      expect(await listAll(60)).toEqual([]);
      harness.advance(120);
      expect(await listAll(60)).toEqual([whole.fileId, stranded.fileId].sort());
      expect(await listAll(600)).toEqual([]);
    });

    test('names at most as many as asked for, and goes on behind them', async () => {
      for (let n = 0; n < 3; n += 1) {
        await store.write('mp3s', newFile(), pieces(exampleBytes(1)));
      }
      harness.advance(120);
      const expected = await listAll(60);
      const found = new Set<string>();

      for (let call = 0; call < 2 * expected.length; call += 1) {
        const page = await store.listOlderThan('mp3s', 60, 2);
        expect(page.length).toBeLessThanOrEqual(2);
        for (const fileId of page) found.add(fileId);
      }

      expect(expected).toHaveLength(5);
      expect([...found].sort()).toEqual(expected);
    });
  });
}

/** The bytes in pieces of uneven length, as a network gives them; the buffer is used again. */
async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(65_521);
  for (let start = 0; start < bytes.length; start += piece.length) {
    await Promise.resolve();
    const end = Math.min(start + piece.length, bytes.length);
    piece.set(bytes.subarray(start, end));
    yield piece.subarray(0, end - start);
  }
}

async function* failing(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield* pieces(bytes);
  throw error;
}

async function* standing(chunks: number): AsyncGenerator<Uint8Array> {
  yield* pieces(exampleBytes(chunks * chunkBytes));
  await new Promise(() => undefined);
}

async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  while (!(await iterator.next()).done);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
