import { describe, expect, test } from '@jest/globals';
import { FrameCounter } from '#shared/core/frame-counter';
import type { Checkpoint } from '#shared/core/job';
import { frameBytes, frameHeader } from '#shared/core/mp3';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import type { EncodedSegments } from './encode-sound.ts';
import { createSilentLog } from '#shared/testing/log.fake';
import { CheckpointLost, framesOf, goOnBehind, orFromZero } from './resume.ts';

const shape = { sampleRate: 44_100, channels: 1, bitrate: 192 } as const;
const start = 417;
const chunkBytes = 255 * 1024;

/** As many frames, each with other sound in it. */
function exampleFrames(count: number): Buffer {
  const frames = Array.from({ length: count }, (_, n) => {
    const frame = Buffer.alloc(frameBytes(shape), n);
    frame.set(frameHeader(shape));
    return frame;
  });
  return Buffer.concat(frames);
}

/** What a worker left that died behind 1 000 frames, of which the first 700 were noted. */
async function setUp(changes: Partial<Checkpoint> = {}) {
  const files = createFakeFileStore();
  const fileId = files.newFileId();
  const frames = exampleFrames(1_000);
  const noted = frames.subarray(0, 700 * frameBytes(shape));
  const file = { fileId, jobId: 'job', ownerId: 'me', contentType: 'audio/mpeg', name: 'a' };
  const head = { bytes: start, build: () => new Uint8Array(start) };
  const died = new Error('killed');
  async function* body() {
    await Promise.resolve();
    yield frames;
    throw died;
  }
  const savepoints = { isWanted: () => true, stored: () => undefined };
  const writing = files.writeWithHead('mp3s', file, body(), head, undefined, savepoints);
  await expect(writing).rejects.toBe(died);
  const counter = new FrameCounter();
  counter.push(noted);
  const { frames: count, bytes, crc } = counter.end();
  const about = { fileId, start, segments: 7, fingerprint: 'print', progress: 0.7 };
  const checkpoint: Checkpoint = { ...about, frames: count, bytes, crc, ...changes };
  return { files, noted, counted: counter.end(), checkpoint };
}

async function readAll(bench: Awaited<ReturnType<typeof setUp>>, signal?: AbortSignal) {
  const reading = framesOf(bench.files, bench.checkpoint, signal ?? new AbortController().signal);
  const pieces: Uint8Array[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { bytes: Buffer.concat(pieces), count: step.value };
    pieces.push(step.value);
  }
}

describe('framesOf', () => {
  test('gives the frames that were noted, not what was written behind them', async () => {
    const bench = await setUp();

    const { bytes, count } = await readAll(bench);

    expect(bytes.equals(bench.noted)).toBe(true);
    expect(count).toEqual(bench.counted);
  });

  test.each<[string, Partial<Checkpoint>]>([
    ['other frames', { crc: 1 }],
    ['another number of frames', { frames: 699 }],
    ['half a frame', { bytes: 100_000 }],
    ['no beginning of a frame', { start: start + 1 }],
    ['bytes that are not stored', { bytes: 5 * chunkBytes }],
    ['another file', { fileId: 'f'.repeat(24) }],
  ])('rejects with CheckpointLost where the note tells of %s', async (_, changes) => {
    await expect(readAll(await setUp(changes))).rejects.toThrow(CheckpointLost);
  });

  test.each([0, 1])('rejects with CheckpointLost where chunk %i is gone', async (n) => {
    const bench = await setUp();
    await bench.files.damage('mp3s', bench.checkpoint.fileId, n, 'missing');

    await expect(readAll(bench)).rejects.toThrow(CheckpointLost);
  });

  test('rejects with the reason of the signal where that aborts', async () => {
    const reason = new Error('told to stop');

    await expect(readAll(await setUp(), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('goOnBehind', () => {
  /** An encoder that makes two frames more than there were. */
  const encode = (from: EncodedSegments) => {
    const counter = new FrameCounter(from);
    async function* frames() {
      await Promise.resolve();
      const rest = exampleFrames(702).subarray(-2 * frameBytes(shape));
      counter.push(rest);
      yield rest;
    }
    return { frames: frames(), count: () => ({ ...counter.end(), segments: from.segments + 1 }) };
  };

  test('gives the noted frames and, behind them, what the encoder makes of the rest', async () => {
    const { files, checkpoint } = await setUp();

    const sound = goOnBehind(files, checkpoint, encode, new AbortController().signal);

    const all = Buffer.concat(await Array.fromAsync(sound.frames));
    expect(all.equals(exampleFrames(702))).toBe(true);
    const whole = new FrameCounter();
    whole.push(all);
    expect(sound.count()).toEqual({ ...whole.end(), segments: 8 });
  });

  test('begins no encoder where the noted frames are lost', async () => {
    const { files, checkpoint } = await setUp({ crc: 1 });
    const begun: EncodedSegments[] = [];
    const watched = (from: EncodedSegments) => {
      begun.push(from);
      return encode(from);
    };

    const sound = goOnBehind(files, checkpoint, watched, new AbortController().signal);

    await expect(Array.fromAsync(sound.frames)).rejects.toThrow(CheckpointLost);
    expect(begun).toEqual([]);
    expect(() => sound.count()).toThrow(TypeError);
  });
});

describe('orFromZero', () => {
  const log = createSilentLog();
  const setUpWork = async (error?: Error) => {
    const { checkpoint } = await setUp();
    const begun: (Checkpoint | undefined)[] = [];
    const work = (from: Checkpoint | undefined) => {
      begun.push(from);
      return error && from ? Promise.reject(error) : Promise.resolve('done');
    };
    return { checkpoint, begun, work };
  };

  test('works behind a checkpoint of the same fingerprint', async () => {
    const { checkpoint, begun, work } = await setUpWork();
    expect(await orFromZero(checkpoint, 'print', log, work)).toBe('done');
    expect(begun).toEqual([checkpoint]);
  });

  test('works from zero where the fingerprint differs, or there is no checkpoint', async () => {
    const { checkpoint, begun, work } = await setUpWork();
    await orFromZero(checkpoint, 'other settings', log, work);
    await orFromZero(undefined, 'print', log, work);
    expect(begun).toEqual([undefined, undefined]);
  });

  test('works once more from zero where the frames are lost', async () => {
    const { checkpoint, begun, work } = await setUpWork(new CheckpointLost());
    expect(await orFromZero(checkpoint, 'print', log, work)).toBe('done');
    expect(begun).toEqual([checkpoint, undefined]);
  });

  test('works no second time for any other error', async () => {
    const damaged = new Error('damaged');
    const { checkpoint, begun, work } = await setUpWork(damaged);
    await expect(orFromZero(checkpoint, 'print', log, work)).rejects.toBe(damaged);
    expect(begun).toEqual([checkpoint]);
  });
});
