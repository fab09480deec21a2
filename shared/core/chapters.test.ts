import { describe, expect, test } from '@jest/globals';

import { keptChapters } from '#shared/core/chapters';

const chapter = (startSeconds: number, endSeconds: number, title = 'a') => ({
  startSeconds,
  endSeconds,
  title,
});

describe('keptChapters', () => {
  test('leaves the chapters of a sound that is kept whole', () => {
    const chapters = [chapter(0, 10, 'a'), chapter(10, 20, 'b')];
    expect(keptChapters(chapters, { startSeconds: 0 })).toEqual(chapters);
  });

  test('moves them by what is cut off in front, and cuts them at both ends', () => {
    const chapters = [chapter(0, 10, 'a'), chapter(10, 20, 'b'), chapter(20, 30, 'c')];
    expect(keptChapters(chapters, { startSeconds: 4, endSeconds: 25 })).toEqual([
      chapter(0, 6, 'a'),
      chapter(6, 16, 'b'),
      chapter(16, 21, 'c'),
    ]);
  });

  test('leaves out what lies outside, touches an edge or is turned round', () => {
    const chapters = [chapter(0, 5), chapter(20, 30), chapter(12, 11), chapter(9, 9)];
    expect(keptChapters(chapters, { startSeconds: 5, endSeconds: 20 })).toEqual([]);
  });

  test('puts them into the order of their starts', () => {
    const chapters = [chapter(10, 20, 'b'), chapter(0, 10, 'a')];
    expect(keptChapters(chapters, { startSeconds: 0 }).map(({ title }) => title)).toEqual([
      'a',
      'b',
    ]);
  });

  test.each([Infinity, Number.NaN, 5_000_000])('leaves out one that ends at %d s', (end) => {
    expect(keptChapters([chapter(0, end)], { startSeconds: 0 })).toEqual([]);
  });
});
