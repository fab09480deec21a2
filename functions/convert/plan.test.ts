import { describe, expect, test } from '@jest/globals';

import type { ConversionOptions } from '#shared/contracts/options';
import { AppError } from '#shared/core/errors';
import type { AudioTrack } from '#shared/core/media';
import type { Probe } from '#shared/core/ports';
import { planFor } from './plan.ts';

const track: AudioTrack = {
  ...{ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: true },
  ...{ language: 'ger', title: undefined, startsAfterSeconds: 0 },
  promised: { seconds: 60, by: 'track' },
};
const limits = { maxSeconds: 3_600, segmentedFromSeconds: 60, encoders: 2 };

function plan(
  options: ConversionOptions = {},
  changes: Partial<AudioTrack> = {},
  tags: Probe['tags'] = {},
  sha256 = 'a',
) {
  const probe = {
    ...{ formatName: 'mov', cover: undefined, chapters: [], tags },
    tracks: [{ ...track, ...changes }],
  };
  const source = { fileId: 'f', name: 'n', bytes: 1, sha256 };
  return planFor(probe, { options, source }, limits, 'ffmpeg 7');
}

const codes = (...values: Parameters<typeof plan>) =>
  plan(...values).warnings.map(({ code }) => code);

describe('planFor', () => {
  test('makes what is asked for', () => {
    const { shape, excerpt } = plan({ quality: 2, sampleRate: 22_050, channels: 1, start: 1 });
    expect(shape).toEqual({ rate: { quality: 2 }, sampleRate: 22_050, channels: 1 });
    expect(excerpt).toEqual({ from: 22_050, until: Infinity, trackStart: 0 });
  });

  test('refuses a track that is not there', () => {
    expect(() => plan({ track: 'fr' })).toThrow(
      new AppError('no_such_track', 'There is no sound track fr in this video. It has: 1 ger.'),
    );
  });

  test('lets options go before the tags of the file, also an empty text', () => {
    const tags = { title: 'File', artist: 'File', album: 'File' };
    expect(plan({ title: 'Mine', artist: '' }, {}, tags).tags).toMatchObject({
      ...{ title: 'Mine', artist: '', album: 'File' },
    });
  });

  test.each([
    [60, 30],
    [90, 45],
    [91, 22.75],
    [600, 600 / 14],
  ])('cuts %d s into segments of %d s, as many for each encoder', (seconds, segmentSeconds) => {
    expect(plan({}, { promised: { seconds, by: 'track' } })).toMatchObject({ segmentSeconds });
  });

  test.each<[string, ConversionOptions, Partial<AudioTrack>, boolean]>([
    ['shorter than the limit', {}, { promised: { seconds: 59, by: 'track' } }, false],
    ['as long as the limit', {}, {}, true],
    ['of unknown length', {}, { promised: { seconds: null, by: 'track' } }, true],
    ['of which a short part is asked for', { start: 50 }, {}, false],
    [
      'of unknown length and a known part',
      { end: 9 },
      { promised: { seconds: null, by: 'track' } },
      false,
    ],
    [
      'that silence makes longer',
      {},
      { startsAfterSeconds: 1, promised: { seconds: 59, by: 'track' } },
      true,
    ],
  ])('encodes a sound %s in segments, or in one run', (_what, options, changes, isSegmented) => {
    expect(plan(options, changes).segmentSeconds !== undefined).toBe(isSegmented);
  });

  test('refuses what is too long, and takes a part of it', () => {
    const long = { promised: { seconds: 3_601, by: 'track' } } as const;
    expect(() => plan({}, long)).toThrow(expect.objectContaining({ code: 'too_long' }));
    expect(() => plan({ end: 3_600 }, long)).not.toThrow();
  });

  test.each([[3_601], [1e12]])('refuses a start after %d s of silence', (startsAfterSeconds) => {
    const promised = { seconds: null, by: 'container' } as const;
    expect(() => plan({}, { startsAfterSeconds, promised })).toThrow(
      expect.objectContaining({ code: 'too_long' }),
    );
  });

  test('warns of what a person may not expect', () => {
    expect(codes({}, { sampleRate: 96_000, channels: 6, startsAfterSeconds: 1 })).toEqual([
      ...['resampled', 'downmixed', 'late_start'],
    ]);
  });

  test('does not warn of what goes without saying', () => {
    expect(codes({ sampleRate: 32_000, channels: 1 }, { sampleRate: 48_000 })).toEqual([]);
    expect(codes({ start: 2 }, { startsAfterSeconds: 1 })).toEqual([]);
  });

  test('has one fingerprint for the same frames, whatever the tags', () => {
    expect(plan({ title: 'x', bitrate: 192 }).fingerprint).toBe(plan({ cover: false }).fingerprint);
  });

  test.each<[string, ReturnType<typeof plan>]>([
    ['rate', plan({ bitrate: 128 })],
    ['shape', plan({ channels: 1 })],
    ['part', plan({ end: 60 })],
    ['loudness', plan({ loudness: -16 })],
    ['track', plan({}, { index: 2 })],
    ['start', plan({}, { startsAfterSeconds: 1 })],
    ['video', plan({}, {}, {}, 'b')],
  ])('has another fingerprint for another %s', (_what, { fingerprint }) => {
    expect(fingerprint).not.toBe(plan().fingerprint);
  });
});
