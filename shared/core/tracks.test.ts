import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import type { AudioTrack } from '#shared/core/ports';
import { chooseTrack } from '#shared/core/tracks';

const first: AudioTrack = {
  ...{ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: false },
  ...{ language: undefined, title: undefined, startsAfterSeconds: 0 },
  promised: { seconds: 60, by: 'track' },
};

describe('chooseTrack', () => {
  test('takes the track that is flagged as default', () => {
    expect(chooseTrack([first, { ...first, index: 2, isDefault: true }]).index).toBe(2);
  });

  test('takes the first track where none is flagged', () => {
    expect(chooseTrack([first, { ...first, index: 2 }]).index).toBe(1);
  });

  test('refuses a track that cannot be read', () => {
    expect(() => chooseTrack([{ ...first, sampleRate: 0 }])).toThrow(
      new AppError('not_media', 'The sound in this file is of a kind that cannot be read here.'),
    );
  });
});
