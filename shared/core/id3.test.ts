import { describe, expect, test } from '@jest/globals';

import { id3Tag } from '#shared/core/id3';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('id3Tag', () => {
  test('writes each text as a UTF-8 frame', () => {
    expect(latin1(id3Tag({ title: 'Ab', encoder: 'x' }))).toBe(
      'ID3\x04\0\0\0\0\0\x19' + 'TIT2\0\0\0\x03\0\0\x03Ab' + 'TSSE\0\0\0\x02\0\0\x03x',
    );
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
