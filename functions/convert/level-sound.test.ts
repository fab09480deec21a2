import { describe, expect, test } from '@jest/globals';

import { excerptOf } from '#shared/core/excerpt';
import type { Loudness } from '#shared/core/loudness';
import type { AudioTrack } from '#shared/core/media';
import type { Transcoder } from '#shared/core/ports';
import { EncoderSlots } from './encoder-slots.ts';
import { openLevelledSound } from './level-sound.ts';

const sampleRate = 10;
const shape = { sampleRate, channels: 1, rate: { kbps: 128 } } as const;
const track: AudioTrack = {
  ...{ index: 0, codec: 'x', sampleRate, channels: 1, language: undefined, title: undefined },
  ...{ isDefault: true, startsAfterSeconds: 0, promised: { seconds: 10, by: 'track' } },
};

/** Ten seconds of sound; measured, they are as loud as `heard` says, one time after the other. */
function scene(...heard: readonly (Loudness | undefined)[]) {
  const shares: number[] = [];
  const seen = { measured: 0 };
  const transcoder: Pick<Transcoder, 'decode' | 'measureLoudness' | 'level'> = {
    decode: () => ({ pcm: pieces(), finished: Promise.resolve({ hint: undefined }) }),
    level: async function* (_request, pcm) {
      yield* pcm;
    },
    async measureLoudness(_shape, pcm) {
      await Array.fromAsync(pcm);
      seen.measured += 1;
      return heard[seen.measured - 1];
    },
  };
  const slots = new EncoderSlots(1);
  const open = (signal = new AbortController().signal) =>
    openLevelledSound(
      { transcoder, slots, limits: { maxSeconds: 60 } },
      {
        ...{ url: 'u', container: 'mp4', signal, onProgress: (share) => shares.push(share) },
        plan: { track, shape, excerpt: excerptOf({}, 0, sampleRate) },
      },
      -16,
    );
  return { open, shares, seen, slots };
}

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let second = 0; second < 10; second += 1) {
    await Promise.resolve();
    yield new Uint8Array(4 * sampleRate);
  }
}

const soft = { lufs: -30, truePeakDb: -20 };
const peaky = { lufs: -30, truePeakDb: -1 };

describe('openLevelledSound', () => {
  test.each([
    ['measured once', [soft], 1],
    ['tried with a limiter', [peaky, { ...soft, lufs: -18 }, { ...soft, lufs: -16 }], 3],
    ['silent', [undefined], 1],
  ])('%s: it tells from the first pass on how far all of it is', async (_what, heard, passes) => {
    const { open, shares, seen } = scene(...heard);
    const { pcm } = await open();
    expect(seen.measured).toBe(passes);
    expect(shares).toHaveLength(10 * passes);
    expect(shares.at(-1)).toBeCloseTo(1 - (2 / 3) ** passes);
    await Array.fromAsync(pcm);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  test('measures in a slot, which it gives back', async () => {
    const { open, seen, slots } = scene(soft);
    const release = await slots.take(new AbortController().signal);
    const opening = open();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen.measured).toBe(0);
    release();
    await opening;
    expect(seen.measured).toBe(1);
    await slots.take(AbortSignal.timeout(1_000));
  });

  test('waits for no slot any more when it is told to end', async () => {
    const { open, slots } = scene(soft);
    await slots.take(new AbortController().signal);
    await expect(open(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
