import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';

import { ConversionOptions, OptionsView } from '#shared/contracts/options';
import { AppError } from '#shared/core/errors';
import { assertPossible, optionsView, rateOf } from '#shared/core/options';

const most = (kbps: number) => ({ kbps });

describe('rateOf', () => {
  test.each<[string, ConversionOptions, ReturnType<typeof rateOf>]>([
    ['192 kb/s without a word', {}, most(192)],
    ['the bit rate that is asked for', { bitrate: 320 }, { kbps: 320 }],
    ['the quality that is asked for', { quality: 0 }, { quality: 0 }],
    ['192 kb/s at a rate of MPEG-1', { sampleRate: 32_000 }, most(192)],
    ['the most of MPEG-2', { sampleRate: 24_000 }, most(160)],
    ['the most that LAME makes of MPEG-2.5', { sampleRate: 11_025 }, most(64)],
  ])('is %s', (_what, options, rate) => {
    expect(rateOf(options)).toEqual(rate);
  });
});

describe('optionsView', () => {
  test('fits the contract, and shows defaults', () => {
    const view = optionsView({});
    expect(v.parse(OptionsView, view)).toEqual(view);
    expect(view).toMatchObject({ bitrate: 192, quality: null, cover: true, start: null });
  });

  test('shows each option of the contract', () => {
    expect(Object.keys(optionsView({}))).toEqual(Object.keys(ConversionOptions.entries));
  });

  test('shows a job of former days, which holds a bit rate alone, as the same wishes', () => {
    expect(optionsView({ bitrate: 192 })).toEqual(optionsView({}));
  });

  test('shows what was asked for', () => {
    expect(optionsView({ quality: 2, track: 'de', title: '', cover: false })).toMatchObject({
      ...{ bitrate: null, quality: 2, track: 'de', title: '', cover: false },
    });
  });
});

describe('assertPossible', () => {
  test.each<[string, ConversionOptions]>([
    ['nothing at all', {}],
    ['a bit rate', { bitrate: 32 }],
    ['a quality at any sample rate', { quality: 9, sampleRate: 8_000 }],
    ['the highest of MPEG-1', { bitrate: 320, sampleRate: 48_000 }],
    ['the highest of MPEG-2', { bitrate: 160, sampleRate: 16_000 }],
    ['the highest of MPEG-2.5', { bitrate: 64, sampleRate: 12_000 }],
    ['the lowest', { bitrate: 8, sampleRate: 24_000 }],
    ['a part', { start: 1, end: 1.001 }],
    ['a tag of 500 characters', { comment: '🎵'.repeat(500) }],
  ])('lets pass %s', (_what, options) => {
    expect(() => assertPossible(options)).not.toThrow();
  });

  test.each<[string, ConversionOptions, string, string]>([
    [
      'both ways to say the size',
      { bitrate: 128, quality: 2 },
      'quality',
      'Ask for a bit rate or for a quality, not for both.',
    ],
    [
      'a sample rate between two',
      { sampleRate: 44_000 },
      'sampleRate',
      'An MP3 has no sample rate of 44000 Hz. Near it: 32000 and 44100 Hz.',
    ],
    [
      'a sample rate above all',
      { sampleRate: 96_000 },
      'sampleRate',
      'An MP3 has no sample rate of 96000 Hz. Near it: 48000 Hz.',
    ],
    [
      'a sample rate below all',
      { sampleRate: 1, bitrate: 8 },
      'sampleRate',
      'An MP3 has no sample rate of 1 Hz. Near it: 8000 Hz.',
    ],
    [
      'a bit rate above the last of MPEG-2',
      { bitrate: 192, sampleRate: 22_050 },
      'bitrate',
      'At 22050 Hz an MP3 has a bit rate of ' +
        '8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160 kb/s.',
    ],
    [
      'a bit rate above the last of MPEG-2.5',
      { bitrate: 80, sampleRate: 8_000 },
      'bitrate',
      'At 8000 Hz an MP3 has a bit rate of 8, 16, 24, 32, 40, 48, 56, 64 kb/s.',
    ],
    [
      'a bit rate that MPEG-1 lacks',
      { bitrate: 144, sampleRate: 44_100 },
      'bitrate',
      'At 44100 Hz an MP3 has a bit rate of ' +
        '32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 kb/s.',
    ],
    [
      'a low bit rate without a low sample rate',
      { bitrate: 24 },
      'bitrate',
      'A bit rate of 24 kb/s exists only below 32000 Hz: ask for a sample rate too.',
    ],
    [
      'an end at the start',
      { start: 5, end: 5 },
      'end',
      'The end, at 5 s, is not behind the start, at 5 s.',
    ],
    ['an end at 0', { end: 0 }, 'end', 'The end, at 0 s, is not behind the start, at 0 s.'],
    [
      'a tag of 501 characters',
      { artist: '🎵'.repeat(501) },
      'artist',
      'This has 501 characters; a tag has at most 500.',
    ],
  ])('refuses %s', (_what, options, path, message) => {
    expect(() => assertPossible(options)).toThrow(
      expect.objectContaining({
        ...{ code: 'impossible_options', message, problems: [{ path, message }] },
      }),
    );
  });

  test('names every reason, not just the first', () => {
    const options = { bitrate: 320, quality: 1, sampleRate: 8_000, end: 0 };
    expect(problemsOf(options)).toEqual(['quality', 'bitrate', 'end']);
  });
});

function problemsOf(options: ConversionOptions): readonly string[] {
  try {
    assertPossible(options);
  } catch (error) {
    if (error instanceof AppError) return error.problems.map(({ path }) => path);
  }
  return [];
}
