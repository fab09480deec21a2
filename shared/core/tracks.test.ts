import type { AudioTrack } from '#shared/core/media';
import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import { chooseTrack, labelsOf } from '#shared/core/tracks';

const first: AudioTrack = {
  ...{ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: false },
  ...{ language: undefined, title: undefined, startsAfterSeconds: 0 },
  promised: { seconds: 60, by: 'track' },
};
const unreadable = { ...first, index: 9, sampleRate: 0 };
const german = { ...first, index: 2, language: 'ger' };
const commentary = { ...german, index: 3, title: 'Kommentar' };
const english = { ...first, index: 4, language: 'en', isDefault: true };
const film = [unreadable, german, commentary, english];

const notReadable = new AppError(
  'not_media',
  'The sound in this file is of a kind that cannot be read here.',
);

describe('chooseTrack', () => {
  test('takes the track that is flagged as default', () => {
    expect(chooseTrack(film)).toBe(english);
  });

  test('takes the first track where none is flagged', () => {
    expect(chooseTrack([german, commentary])).toBe(german);
  });

  test('passes over what cannot be read, also where that is flagged', () => {
    expect(chooseTrack([{ ...unreadable, isDefault: true }, german])).toBe(german);
  });

  test.each([
    [2, german],
    [4, english],
    ['de', german],
    ['DEU', german],
    ['eng', english],
  ])('takes track %s', (asked, track) => {
    expect(chooseTrack(film, asked)).toBe(track);
  });

  test('takes of two in one language the flagged one', () => {
    const flagged = { ...commentary, isDefault: true };
    expect(chooseTrack([german, flagged], 'de')).toBe(flagged);
  });

  test.each([['fr'], [5], ['und']])('refuses track %s and says what there is', (asked) => {
    expect(() => chooseTrack(film, asked)).toThrow(
      new AppError(
        'no_such_track',
        `There is no sound track ${asked} in this video. ` +
          'It has: 1, 2 ger, 3 ger “Kommentar”, 4 en.',
      ),
    );
  });

  test('refuses a track that cannot be read, asked for or alone', () => {
    expect(() => chooseTrack(film, 1)).toThrow(notReadable);
    expect(() => chooseTrack([unreadable])).toThrow(notReadable);
  });
});

describe('labelsOf', () => {
  test('numbers the tracks from 1', () => {
    expect(labelsOf([german, commentary])).toEqual([
      { number: 1, codec: 'aac', channels: 2, language: 'ger', title: null },
      { number: 2, codec: 'aac', channels: 2, language: 'ger', title: 'Kommentar' },
    ]);
  });

  test('keeps a stranger’s words short and plain', () => {
    const [label] = labelsOf([{ ...first, title: `a\u202e\n${'x'.repeat(99)}` }]);
    expect(label?.title).toBe(`a ${'x'.repeat(58)}`);
  });

  test('lists no more than twenty', () => {
    expect(labelsOf(Array.from({ length: 100 }, () => first))).toHaveLength(20);
  });
});
