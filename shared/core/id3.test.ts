import { describe, expect, test } from '@jest/globals';

import { fittingTag, id3Tag } from '#shared/core/id3';
import type { Tags } from '#shared/core/id3';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** The frames of a tag, each as its id and its body. */
function framesOf(tag: Uint8Array): readonly (readonly [string, string])[] {
  const frames: [string, string][] = [];
  for (let at = 10; at < tag.length;) {
    const size = tag.subarray(at + 4, at + 8).reduce((sum, byte) => sum * 128 + byte, 0);
    frames.push([latin1(tag.subarray(at, at + 4)), latin1(tag.subarray(at + 10, at + 10 + size))]);
    at += 10 + size;
  }
  return frames;
}

describe('id3Tag', () => {
  test('writes each text as a UTF-8 frame', () => {
    expect(latin1(id3Tag({ title: 'Ab', encoder: 'x' }))).toBe(
      'ID3\x04\0\0\0\0\0\x19' + 'TIT2\0\0\0\x03\0\0\x03Ab' + 'TSSE\0\0\0\x02\0\0\x03x',
    );
  });

  test('has a frame for everything that can be said', () => {
    const tags: Tags = {
      title: 'a',
      artist: 'b',
      album: 'c',
      albumArtist: 'd',
      genre: 'e',
      date: '2019',
      comment: 'g',
      trackNumber: '3/12',
      encoder: 'h',
    };
    expect(framesOf(id3Tag(tags))).toEqual([
      ['TIT2', '\x03a'],
      ['TPE1', '\x03b'],
      ['TALB', '\x03c'],
      ['TPE2', '\x03d'],
      ['TCON', '\x03e'],
      ['TDRC', '\x032019'],
      ['TRCK', '\x033/12'],
      ['TSSE', '\x03h'],
      ['COMM', '\x03XXX\0g'],
    ]);
  });

  test('leaves out what is absent or empty', () => {
    expect(latin1(id3Tag({ title: '', artist: undefined, album: ' \n ' }))).toBe(
      'ID3\x04\0\0\0\0\0\0',
    );
  });

  test('writes sizes in seven bits a byte', () => {
    expect(Array.from(id3Tag({ title: 'a'.repeat(200) }).subarray(6, 18))).toEqual([
      0, 0, 1, 83, 84, 73, 84, 50, 0, 0, 1, 73,
    ]);
  });

  test.each([
    ['2019', '2019'],
    ['2019-05', '2019-05'],
    ['2019-05-01T10:20:30.000000Z', '2019-05-01T10:20:30'],
    ['2019-05-01 10:20', '2019-05-01T10:20'],
    ['20190501', '2019-05-01'],
  ])('writes the date %s as %s', (date, written) => {
    expect(framesOf(id3Tag({ date }))).toEqual([['TDRC', `\x03${written}`]]);
  });

  test.each(['May 2019', '', '19', '<b>'])('has no date frame for %j', (date) => {
    expect(framesOf(id3Tag({ date }))).toEqual([]);
  });

  test.each(['0x3', '3/', 'three', '123456'])('has no track frame for %j', (trackNumber) => {
    expect(framesOf(id3Tag({ trackNumber }))).toEqual([]);
  });

  test('row 52: strips control and direction characters', () => {
    const tag = Buffer.from(id3Tag({ artist: 'a\0b\r\nTPE1\u202Ec\u2028\u0007' })).toString();
    expect(tag.slice(21)).toBe('a b TPE1 c');
  });

  test('keeps letters of every script', () => {
    expect(Buffer.from(id3Tag({ album: '日本 Ö 🎵' })).toString()).toContain('日本 Ö 🎵');
  });

  test('cuts a text at 500 characters, never inside one', () => {
    const tag = Buffer.from(id3Tag({ album: '🎵'.repeat(600) }));
    expect(tag.subarray(21).toString()).toBe('🎵'.repeat(500));
  });

  test('survives half a surrogate pair', () => {
    expect(Buffer.from(id3Tag({ album: 'a\ud800b' })).toString()).toContain('a\ufffdb');
  });
});

const hour = { startSeconds: 0, endSeconds: 3_600, title: 'One hour' };

describe('id3Tag with chapters', () => {
  test('names each in an ordered table of contents, times in milliseconds', () => {
    const next = { startSeconds: 3_600, endSeconds: 3_600.5004, title: '' };
    const [contents, first, second, ...rest] = framesOf(id3Tag({ chapters: [hour, next] }));
    expect(contents).toEqual(['CTOC', 'toc\0\x03\x02chp0\0chp1\0']);
    const title = 'TIT2\0\0\0\x09\0\0\x03One hour';
    const noOffsets = '\xff'.repeat(8);
    expect(first).toEqual(['CHAP', `chp0\0\0\0\0\0\0\x36\xee\x80${noOffsets}${title}`]);
    expect(second).toEqual(['CHAP', `chp1\0\0\x36\xee\x80\0\x36\xf0\x74${noOffsets}`]);
    expect(rest).toEqual([]);
  });

  test('has none of their frames without chapters', () => {
    expect(framesOf(id3Tag({ chapters: [] }))).toEqual([]);
  });

  test('row 52: strips and shortens their titles', () => {
    const title = `a\0\u202E${'b'.repeat(200)}`;
    const [, chapter] = framesOf(id3Tag({ chapters: [{ ...hour, title }] }));
    expect(chapter?.[1].slice(5 + 16 + 11)).toBe(`a ${'b'.repeat(118)}`);
  });
});

describe('id3Tag with a cover', () => {
  test('carries the picture as the front cover, untouched', () => {
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0, 1);
    expect(framesOf(id3Tag({ cover: { mime: 'image/jpeg', bytes } }))).toEqual([
      ['APIC', '\0image/jpeg\0\x03\0\xff\xd8\xff\0\x01'],
    ]);
  });
});

describe('fittingTag', () => {
  const cover = { mime: 'image/png', bytes: new Uint8Array(5_000) } as const;
  const chapters = Array.from({ length: 10 }, () => hour);
  const ids = (tag: Uint8Array) => new Set(framesOf(tag).map(([id]) => id));

  test('holds everything where there is room to the byte', () => {
    const whole = id3Tag({ title: 'a', chapters, cover });
    expect(fittingTag({ title: 'a', chapters, cover }, whole.length)).toEqual({
      bytes: whole,
      lost: [],
    });
  });

  test('drops the cover where one byte lacks', () => {
    const whole = id3Tag({ title: 'a', chapters, cover });
    const { bytes, lost } = fittingTag({ title: 'a', chapters, cover }, whole.length - 1);
    expect([ids(bytes), lost]).toEqual([new Set(['TIT2', 'CTOC', 'CHAP']), ['cover_dropped']]);
  });

  test('drops the chapters where these alone are too long', () => {
    const { bytes, lost } = fittingTag({ title: 'a', chapters, cover }, 100);
    expect([ids(bytes), lost]).toEqual([new Set(['TIT2']), ['cover_dropped', 'chapters_dropped']]);
    expect(fittingTag({ chapters }, 100).lost).toEqual(['chapters_dropped']);
  });

  test('keeps the first 255 chapters and tells that there are more', () => {
    const { bytes, lost } = fittingTag({ chapters: Array.from({ length: 256 }, () => hour) }, 1e6);
    expect(framesOf(bytes).filter(([id]) => id === 'CHAP')).toHaveLength(255);
    expect(lost).toEqual(['chapters_dropped']);
    expect(fittingTag({ chapters: Array.from({ length: 255 }, () => hour) }, 1e6).lost).toEqual([]);
  });

  test('needs no more than 150 kB for the longest texts and titles', () => {
    const long = '🎵'.repeat(500);
    const { bytes, lost } = fittingTag(
      {
        ...{ title: long, artist: long, album: long, albumArtist: long, genre: long },
        ...{ comment: long, encoder: long },
        chapters: Array.from({ length: 255 }, () => ({ ...hour, title: long })),
      },
      160_000,
    );
    expect(lost).toEqual([]);
    expect(bytes.length).toBeGreaterThan(100_000);
  });
});
