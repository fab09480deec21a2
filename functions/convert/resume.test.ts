import { describe, expect, test } from '@jest/globals';
import { FrameCounter } from '#shared/core/frame-counter';
import type { Checkpoint } from '#shared/core/job';
import { frameBytes, frameHeader } from '#shared/core/mp3';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { CheckpointLost, framesOf } from './resume.ts';

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
