import { validateHeaderValue } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { contentDisposition } from './content-disposition.ts';

describe('contentDisposition', () => {
  test.each([
    ['clip.mp3', `attachment; filename="clip.mp3"; filename*=UTF-8''clip.mp3`],
    ['日本.mp3', `attachment; filename="__.mp3"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp3`],
    ['a"b\\c.mp3', `attachment; filename="a_b_c.mp3"; filename*=UTF-8''a%22b%5Cc.mp3`],
    ['a;b=c.mp3', `attachment; filename="a;b=c.mp3"; filename*=UTF-8''a%3Bb%3Dc.mp3`],
    [
      "it's (1)*.mp3",
      `attachment; filename="it's (1)*.mp3"; filename*=UTF-8''it%27s%20%281%29%2A.mp3`,
    ],
    ['50%.mp3', `attachment; filename="50_.mp3"; filename*=UTF-8''50%25.mp3`],
    ['🎤.mp3', `attachment; filename="_.mp3"; filename*=UTF-8''%F0%9F%8E%A4.mp3`],
  ])('names %j in both forms (47)', (name, value) => {
    expect(contentDisposition(name)).toBe(value);
  });

  test.each([
    ['a\r\nSet-Cookie: x=1.mp3'],
    ['a\0b.mp3'],
    ['\ud83d.mp3'],
    ['\u202e.mp3'],
    ['é\x7f.mp3'],
  ])('is a legal header for %j (47)', (name) => {
    const value = contentDisposition(name);
    expect(() => validateHeaderValue('content-disposition', value)).not.toThrow();
    expect(value).toMatch(/^[\x20-\x7e]+$/);
  });
});
