import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Transcoder } from '#shared/core/ports';
import { type Workshop, ffmpegs, openWorkshop } from '../../../scripts/testing/ffmpegs.ts';

const { signal } = new AbortController();

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const stereo48 = { sampleRate: 48_000, channels: 2 as const, signal };

/** Interleaved samples, each as `at` has it for its moment, in pieces that split them. */
function pcm(
  shape: { sampleRate: number; channels: number },
  seconds: number,
  at: (t: number) => number,
) {
  const frames = Math.round(seconds * shape.sampleRate);
  const samples = Float32Array.from({ length: frames * shape.channels }, (_, index) =>
    at(Math.floor(index / shape.channels) / shape.sampleRate),
  );
  return new Uint8Array(samples.buffer);
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_537) {
    await Promise.resolve();
    yield bytes.slice(at, at + 65_537);
  }
}

const tone = (decibels: number, hertz = 1_000) => {
  const peak = 10 ** (decibels / 20);
  return (t: number) => peak * Math.sin(2 * Math.PI * hertz * t);
};

/** Soft, with a burst of full scale each half second: what no gain can lift. */
const bursts = (t: number) => tone(-30, 313)(t) + (t % 0.5 > 0.49 ? tone(-1, 97)(t) : 0);

describe.each(ffmpegs)('ffmpeg of %s', (_whose, ffmpeg, ffprobe) => {
  let transcoder: Transcoder;
  beforeAll(async () => {
    transcoder = await workshop.transcoder(ffmpeg, ffprobe);
  });

  test('measures a tone of -23 dBFS on both sides as -23 LUFS (EBU Tech 3341)', async () => {
    const samples = inPieces(pcm(stereo48, 5, tone(-23)));
    const loudness = await transcoder.measureLoudness(stereo48, samples);
    expect(loudness?.lufs).toBeCloseTo(-23, 0);
    expect(loudness?.truePeakDb).toBeCloseTo(-23, 0);
  });

  test.each([
    ['silence', 2, () => 0],
    ['a third of a second', 0.3, tone(-10)],
    ['nothing', 0, () => 0],
  ])('finds no loudness in %s', async (_what, seconds, at) => {
    const samples = inPieces(pcm(stereo48, seconds, at));
    expect(await transcoder.measureLoudness(stereo48, samples)).toBeUndefined();
  });

  test.each([
    ...([32_000, 44_100, 48_000] as const).map((rate) => [rate, 2] as const),
    ...([8_000, 44_100] as const).map((rate) => [rate, 1] as const),
  ])('levels %i Hz of %i channels: no sample more, less or moved', async (sampleRate, channels) => {
    const shape = { sampleRate, channels, signal };
    const bytes = pcm(shape, 1.2345, bursts);
    const before = new Float32Array(bytes.buffer);
    for (const levelling of [
      { gainDb: 6, ceilingDb: undefined },
      { gainDb: 12, ceilingDb: -1.5 },
    ]) {
      const levelled = transcoder.level({ ...shape, levelling }, inPieces(bytes));
      const after = new Float32Array(Buffer.concat(await Array.fromAsync(levelled)).buffer);
      expect(after.length).toBe(before.length);
      const gain = 10 ** (levelling.gainDb / 20);
      const soft = Math.floor(0.3 * sampleRate) * channels;
      for (let index = soft; index < soft + 100; index += 1) {
        expect(after[index]).toBeCloseTo((before[index] ?? 0) * gain, 4);
      }
      const ceiling = 10 ** ((levelling.ceilingDb ?? 20) / 20) + 1e-4;
      expect(after.every((sample) => Math.abs(sample) <= ceiling)).toBe(true);
    }
  });

  test('rejects with what the samples fail with', async () => {
    const failing = async function* () {
      yield* inPieces(pcm(stereo48, 1, tone(-20)));
      throw new Error('broken');
    };
    await expect(transcoder.measureLoudness(stereo48, failing())).rejects.toThrow('broken');
    const levelling = { gainDb: 6, ceilingDb: -1.5 };
    const levelled = transcoder.level({ ...stereo48, levelling }, failing());
    await expect(Array.fromAsync(levelled)).rejects.toThrow('broken');
  });
});
