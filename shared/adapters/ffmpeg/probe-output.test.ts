import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import { parseProbe } from './probe-output.ts';

const aac = { index: 1, codec_name: 'aac', sample_rate: '44100', channels: 2 };
const mov = { format_name: 'mov,mp4', start_time: '0.000000', duration: '10.000000' };

function probeOf(streams: readonly object[], format: object = mov, isEstimate = false) {
  return parseProbe(JSON.stringify({ streams, format }), isEstimate);
}

describe('parseProbe', () => {
  test('takes the track that is flagged as default', () => {
    const second = { ...aac, index: 2, disposition: { default: 1 } };
    expect(probeOf([aac, second]).audio.index).toBe(2);
  });

  test('takes the first track where none is flagged', () => {
    const { audio } = probeOf([aac, { ...aac, index: 2 }]);
    expect(audio).toEqual({ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2 });
  });

  test.each([
    ['its own table', { ...aac, duration: '9.5' }, mov, { seconds: 9.5, by: 'track' }],
    [
      'its Matroska statistics',
      { ...aac, tags: { DURATION: '00:01:02.500000000' } },
      mov,
      { seconds: 62.5, by: 'track' },
    ],
    [
      'its statistics, less the time before it starts',
      { ...aac, start_time: '2.0', tags: { DURATION: '00:00:09.5' } },
      mov,
      { seconds: 7.5, by: 'track' },
    ],
    ['the container', aac, mov, { seconds: 10, by: 'container' }],
    [
      'the container, less the time before it starts',
      { ...aac, start_time: '3.0' },
      mov,
      { seconds: 7, by: 'container' },
    ],
    [
      'time stamps, where there are no tables',
      { ...aac, duration: '9.5' },
      { ...mov, format_name: 'mpegts' },
      { seconds: 9.5, by: 'container' },
    ],
    ['nobody', aac, { format_name: 'matroska' }, { seconds: null, by: 'container' }],
  ])('knows the length by %s', (_who, track, format, promised) => {
    expect(probeOf([track], format).promised).toEqual(promised);
  });

  test('takes a guess for no promise', () => {
    expect(probeOf([{ ...aac, duration: '9.5' }], mov, true).promised.seconds).toBeNull();
  });

  test('reads tags in either case', () => {
    const tags = { TITLE: 'Sea', artist: 'Moon' };
    expect(probeOf([aac], { ...mov, tags }).tags).toEqual({
      title: 'Sea',
      artist: 'Moon',
      album: undefined,
    });
  });

  test.each([
    ['no track', [], new AppError('no_audio')],
    [
      'a track that cannot be read',
      [{ index: 0 }],
      new AppError('not_media', 'The sound in this file is of a kind that cannot be read here.'),
    ],
  ])('refuses %s', (_what, streams, error) => {
    expect(() => probeOf(streams)).toThrow(error);
  });

  test('refuses what is no answer', () => {
    expect(() => parseProbe('{', false)).toThrow(AppError);
  });
});
