import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import { parseProbe } from './probe-output.ts';

const aac = { index: 1, codec_type: 'audio', codec_name: 'aac', sample_rate: '44100', channels: 2 };
const mov = { format_name: 'mov,mp4', start_time: '0.000000', duration: '10.000000' };
/** Begins when its clock stands at 10 s. */
const mkv = { format_name: 'matroska,webm', start_time: '10.0', tags: {} };

function probeOf(streams: readonly object[], format: object = mov, isEstimate = false) {
  return parseProbe(JSON.stringify({ streams, format }), isEstimate);
}

describe('parseProbe', () => {
  test('lists the sound tracks in the order of the container', () => {
    const tags = { language: 'ger', title: 'Commentary' };
    const second = { ...aac, index: 2, start_time: '0.5', disposition: { default: 1 }, tags };
    expect(probeOf([{ index: 0, codec_type: 'video' }, aac, second]).tracks).toEqual([
      {
        ...{ index: 1, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: false },
        ...{ language: undefined, title: undefined, startsAfterSeconds: 0 },
        promised: { seconds: 10, by: 'container' },
      },
      {
        ...{ index: 2, codec: 'aac', sampleRate: 44_100, channels: 2, isDefault: true },
        ...{ language: 'ger', title: 'Commentary', startsAfterSeconds: 0.5 },
        promised: { seconds: 9.5, by: 'container' },
      },
    ]);
  });

  test.each([
    ['matroska,webm', 1.5],
    ['mov,mp4', 0],
  ])('takes the first packets of %s for the start of its timeline or not', (name, late) => {
    const packets = [{ pts_time: '0.0' }, { pts_time: '0.1' }, {}];
    const format = { format_name: name, start_time: '1.5', duration: '10.0' };
    const json = JSON.stringify({ packets, streams: [{ ...aac, start_time: '1.5' }], format });
    const [track] = parseProbe(json, false).tracks;
    expect(track?.startsAfterSeconds).toBe(late);
    expect(track?.promised.seconds).toBe(10 - late);
  });

  test('counts with a late start what an Opus decoder drops', () => {
    const opus = { ...aac, codec_name: 'opus', start_time: '1.4935' };
    expect(probeOf([opus]).tracks[0]?.startsAfterSeconds).toBeCloseTo(1.5);
    expect(probeOf([{ ...opus, start_time: '0' }]).tracks[0]?.startsAfterSeconds).toBe(0);
  });

  test('finds the attached picture, and takes no film for one', () => {
    const video = { index: 0, codec_type: 'video', disposition: { attached_pic: 0 } };
    const picture = { index: 3, codec_type: 'video', disposition: { attached_pic: 1 } };
    expect(probeOf([video, aac, picture]).cover).toEqual({ index: 3 });
    expect(probeOf([video, aac]).cover).toBeUndefined();
  });

  test('reads chapters', () => {
    const chapters = [
      { start_time: '0.000000', end_time: '2.500000', tags: { title: 'Sea' } },
      { start_time: '2.500000', end_time: '10.000000' },
    ];
    const json = JSON.stringify({ streams: [aac], chapters, format: mov });
    expect(parseProbe(json, false).chapters).toEqual([
      { startSeconds: 0, endSeconds: 2.5, title: 'Sea' },
      { startSeconds: 2.5, endSeconds: 10, title: '' },
    ]);
  });

  test.each([
    ['its own table', { ...aac, duration: '9.5' }, mov, { seconds: 9.5, by: 'track' }],
    [
      'its Matroska tag',
      { ...aac, tags: { DURATION: '00:01:02.500000000' } },
      mov,
      { seconds: 62.5, by: 'track' },
    ],
    [
      'its tag, less the time before it starts',
      { ...aac, start_time: '12.0', tags: { DURATION: '00:00:19.5' } },
      mkv,
      { seconds: 7.5, by: 'track' },
    ],
    [
      'its statistics by mkvmerge, which count from its start',
      { ...aac, start_time: '2.0', tags: { DURATION: '00:00:09.5', _STATISTICS_TAGS: 'BPS' } },
      mov,
      { seconds: 9.5, by: 'track' },
    ],
    ['the container', aac, mov, { seconds: 10, by: 'container' }],
    [
      'the container, less the time before it starts',
      { ...aac, start_time: '3.0' },
      mov,
      { seconds: 7, by: 'container' },
    ],
    [
      'a Matroska file of ffmpeg, less the time before it starts on its clock',
      { ...aac, start_time: '13.0' },
      { ...mkv, duration: '20.0', tags: { ENCODER: 'Lavf59.27.100' } },
      { seconds: 7, by: 'container' },
    ],
    [
      'another Matroska file, less the time since its timeline began',
      { ...aac, start_time: '13.0' },
      { ...mkv, duration: '10.0' },
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
    expect(probeOf([track], format).tracks[0]?.promised).toEqual(promised);
  });

  test('takes a guess for no promise', () => {
    expect(probeOf([{ ...aac, duration: '9.5' }], mov, true).tracks[0]?.promised).toEqual({
      seconds: null,
      by: 'container',
    });
  });

  test('counts chapters from where the container begins', () => {
    const chapters = [{ start_time: '2.0', end_time: '3.0' }];
    const format = { ...mov, start_time: '1.5' };
    const json = JSON.stringify({ streams: [aac], chapters, format });
    expect(parseProbe(json, false).chapters).toMatchObject([
      { startSeconds: 0.5, endSeconds: 1.5 },
    ]);
  });

  test('reads tags in either case and under each of their names', () => {
    const tags = { TITLE: 'Sea', artist: 'Moon', album_artist: 'Sun', YEAR: '2026', track: '3/12' };
    expect(probeOf([aac], { ...mov, tags }).tags).toMatchObject({
      ...{ title: 'Sea', artist: 'Moon', album: undefined, albumArtist: 'Sun' },
      ...{ date: '2026', trackNumber: '3/12' },
    });
  });

  test('takes the tags of a track for those of an Ogg file, and of no other', () => {
    const track = { ...aac, tags: { title: 'Sea' } };
    expect(probeOf([track], { ...mov, format_name: 'ogg' }).tags.title).toBe('Sea');
    expect(probeOf([track]).tags.title).toBeUndefined();
  });

  test('refuses what has no sound track', () => {
    const picture = { index: 0, codec_type: 'video', codec_name: 'h264' };
    expect(() => probeOf([picture])).toThrow(
      expect.objectContaining({
        code: 'no_audio',
        message: expect.stringMatching(/Found: video \(h264\), no sound track\.$/),
      }),
    );
  });

  test('refuses what is encrypted, and takes what has one track that is not', () => {
    const locked = { ...aac, codec_tag_string: 'enca' };
    expect(() => probeOf([locked])).toThrow(expect.objectContaining({ code: 'encrypted' }));
    expect(probeOf([locked, aac]).tracks).toHaveLength(2);
  });

  test('refuses what is no answer', () => {
    expect(() => parseProbe('{', false)).toThrow(AppError);
  });
});
