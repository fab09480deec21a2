import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import { excerptOf } from '#shared/core/excerpt';
import type { AudioTrack, DecodeHint, PromisedLength } from '#shared/core/media';
import type { DecodeRequest } from '#shared/core/ports';
import { openSound } from './sound.ts';

const sampleRate = 10;
const limits = { maxSeconds: 60 };

interface Scene {
  readonly options?: Parameters<typeof excerptOf>[0];
  readonly late?: number;
  /** Decoded samples. */
  readonly samples?: number;
  readonly promised?: PromisedLength['seconds'];
  readonly hint?: DecodeHint;
  readonly channels?: 1 | 2;
  readonly allowPartial?: boolean;
  /** What the decoder fails with behind the last sample. */
  readonly failure?: AppError;
  readonly signal?: AbortSignal;
}

/** A track whose samples are 1, 2, 3, … on every channel, in pieces of no whole samples. */
function scene(wanted: Scene = {}) {
  const { options = {}, late = 0, samples = 100, promised = 10, hint, channels = 1 } = wanted;
  const { allowPartial, failure, signal = new AbortController().signal } = wanted;
  const requests: DecodeRequest[] = [];
  const shares: number[] = [];
  const track: AudioTrack = {
    ...{ index: 3, codec: 'x', sampleRate, channels, language: undefined, title: undefined },
    ...{ isDefault: true, startsAfterSeconds: late, promised: { seconds: promised, by: 'track' } },
  };
  const decode = (request: DecodeRequest) => {
    requests.push(request);
    const count = Math.min(samples, (request.seconds ?? Infinity) * sampleRate);
    const finished = failure ? Promise.reject(failure) : Promise.resolve({ hint });
    finished.catch(() => undefined);
    return { pcm: pieces(count, channels), finished };
  };
  const sound = openSound(
    { transcoder: { decode }, limits },
    {
      ...{ url: 'u', container: 'mp4', signal, allowPartial },
      onProgress: (share) => shares.push(share),
      plan: {
        track,
        shape: { sampleRate, channels, rate: { kbps: 128 } },
        excerpt: excerptOf(options, late, sampleRate),
      },
    },
  );
  return { sound, requests, shares };
}

async function* pieces(count: number, channels: number): AsyncGenerator<Uint8Array> {
  const values = Float32Array.from(
    { length: count * channels },
    (_, at) => Math.floor(at / channels) + 1,
  );
  const bytes = new Uint8Array(values.buffer);
  for (let at = 0; at < bytes.length; at += 7) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 7);
  }
}

async function heard(wanted: Scene): Promise<readonly number[]> {
  const bytes = Buffer.concat(await Array.fromAsync(scene(wanted).sound.pcm));
  return Array.from(new Float32Array(new Uint8Array(bytes).buffer));
}

const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
const silence = (samples: number) => Array<number>(samples).fill(0);

describe('openSound', () => {
  test('gives all samples of a track where no part is asked for', async () => {
    expect(await heard({})).toEqual(count(1, 100));
  });

  test.each<[string, Scene, readonly number[]]>([
    ['from its start', { options: { start: 1 } }, count(11, 100)],
    ['to its end, which is not in it', { options: { end: 2 } }, count(1, 20)],
    ['a single sample', { options: { start: 1.2, end: 1.3 } }, [13]],
    ['beyond the end of the track', { options: { start: 9, end: 20 } }, count(91, 100)],
  ])('cuts a part to the sample: %s', async (_what, wanted, samples) => {
    expect(await heard(wanted)).toEqual(samples);
  });

  test('cuts channels together', async () => {
    const wanted = { options: { start: 0.5, end: 0.7 }, channels: 2 } as const;
    expect(await heard(wanted)).toEqual([6, 6, 7, 7]);
  });

  test.each<[string, Scene, readonly number[]]>([
    ['the whole', { late: 2 }, [...silence(20), ...count(1, 100)]],
    [
      'a part around its start',
      { late: 2, options: { start: 1, end: 3 } },
      [...silence(10), ...count(1, 10)],
    ],
    ['a part behind its start', { late: 2, options: { start: 3, end: 4 } }, count(11, 20)],
  ])('keeps the timeline of a track that starts late: %s', async (_what, wanted, samples) => {
    expect(await heard(wanted)).toEqual(samples);
  });

  test('decodes a second more than is asked for, and no more', async () => {
    const { sound, requests } = scene({ late: 2, options: { start: 3, end: 4 } });
    await Array.fromAsync(sound.pcm);
    expect(requests).toMatchObject([{ trackIndex: 3, seconds: 3, url: 'u', container: 'mp4' }]);
    expect([sound.decoded.samples, sound.meter.samples]).toEqual([30, 10]);
  });

  test('decodes all where no end is asked for', async () => {
    const { sound, requests } = scene({ options: { start: 3 } });
    await Array.fromAsync(sound.pcm);
    expect(requests[0]?.seconds).toBeUndefined();
    expect([sound.decoded.samples, sound.meter.samples]).toEqual([100, 70]);
  });

  test('tells how far it is of what it decodes', async () => {
    const { sound, shares } = scene({ options: { end: 4 } });
    await Array.fromAsync(sound.pcm);
    expect(shares.at(0)).toBeCloseTo(0.02);
    expect(shares.at(-1)).toBe(1);
  });

  test.each<[string, Scene, string]>([
    ['ends before its promise', { samples: 50 }, 'truncated'],
    ['ends before the part that is asked for', { samples: 50, options: { end: 7 } }, 'truncated'],
    [
      'is damaged within that part',
      { samples: 50, options: { end: 7 }, hint: 'damaged' },
      'damaged',
    ],
    ['is empty', { samples: 0, promised: 0 }, 'no_audio'],
    ['goes on and on', { samples: 700, promised: null }, 'too_long'],
    ['begins late and goes on', { samples: 500, promised: null, late: 20 }, 'too_long'],
  ])('refuses a track that %s', async (_what, wanted, code) => {
    await expect(heard(wanted)).rejects.toMatchObject({ code });
  });

  test('does not ask what is missing behind the end that was asked for', async () => {
    expect(await heard({ samples: 50, options: { end: 4 } })).toEqual(count(1, 40));
  });

  test.each<[string, Scene]>([
    ['behind the sound', { options: { start: 10 } }],
    ['before the sound', { options: { end: 2 }, late: 2 }],
  ])('refuses a part %s', async (_what, wanted) => {
    await expect(heard(wanted)).rejects.toThrow(
      new AppError(
        'impossible_options',
        'This video has no sound between the start and the end that were asked for.',
      ),
    );
  });

  describe('where a part is allowed', () => {
    const damaged = new AppError('damaged');

    test.each<[string, string, Scene]>([
      ['ends before its promise', 'truncated', { samples: 50 }],
      ['is damaged', 'damaged', { samples: 50, hint: 'damaged' }],
      ['brings its decoder down behind the last sample', 'damaged', { failure: damaged }],
      ['ends before the part that is asked for', 'truncated', { samples: 50, options: { end: 7 } }],
    ])('gives what there is of a track that %s, and says so', async (_what, fault, wanted) => {
      const { sound } = scene({ ...wanted, allowPartial: true });
      expect(Buffer.concat(await Array.fromAsync(sound.pcm)).length).toBe(
        (wanted.samples ?? 100) * 4,
      );
      expect(sound.ending).toEqual({ fault });
    });

    test('says nothing of a track that is whole', async () => {
      const { sound } = scene({ allowPartial: true });
      await Array.fromAsync(sound.pcm);
      expect(sound.ending).toEqual({ fault: undefined });
    });

    test.each<[string, Scene, string]>([
      ['nothing can be heard of', { samples: 0 }, 'truncated'],
      [
        'has nothing of the part that is asked for',
        { samples: 50, options: { start: 6 } },
        'trunc',
      ],
      ['goes on and on', { samples: 700, promised: null }, 'too_long'],
      ['has no samples, and promises none', { samples: 0, promised: 0 }, 'no_audio'],
    ])('still refuses a track that %s', async (_what, wanted, code) => {
      await expect(heard({ ...wanted, allowPartial: true })).rejects.toMatchObject({
        code: expect.stringContaining(code),
      });
    });

    test('never takes a store that fails for a file that is cut', async () => {
      const signal = AbortSignal.abort(new AppError('storage'));
      const wanted = { samples: 50, allowPartial: true, signal };
      await expect(heard(wanted)).rejects.toMatchObject({ code: 'storage' });
    });
  });
});
