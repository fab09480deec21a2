import { describe, expect, test } from '@jest/globals';

import { createAnswerLength } from './answer-length.ts';

const block = 255 * 1024;

describe('createAnswerLength', () => {
  test('gives the rest of a block behind a jump', () => {
    const endOf = createAnswerLength(100 * block);
    expect(endOf(0)).toBe(block);
    expect(endOf(50 * block + 7)).toBe(51 * block);
  });

  test('gives one block more where the rest is hardly worth an answer', () => {
    const endOf = createAnswerLength(100 * block);
    expect(endOf(2 * block - 16 * 1024)).toBe(2 * block);
    expect(endOf(2 * block - 16 * 1024 + 1)).toBe(3 * block);
  });

  test('gives twice as much to whoever comes back for what follows', () => {
    const endOf = createAnswerLength(100 * block);
    const ends = [0];
    for (let n = 0; n < 5; n += 1) ends.push(endOf(ends.at(-1) ?? 0));
    expect(ends).toEqual([0, 1, 3, 7, 15, 31].map((blocks) => blocks * block));
  });

  test('begins anew for whoever jumps, also back to where it was', () => {
    const endOf = createAnswerLength(100 * block);
    endOf(endOf(endOf(0)));
    expect(endOf(50 * block)).toBe(51 * block);
    expect(endOf(3 * block)).toBe(4 * block);
  });

  test('keeps apart two that read at once', () => {
    const endOf = createAnswerLength(100 * block);
    const [first, second] = [endOf(0), endOf(50 * block)];
    expect(endOf(first)).toBe(3 * block);
    expect(endOf(second)).toBe(53 * block);
  });

  test('forgets those who never came back', () => {
    const endOf = createAnswerLength(1_000 * block);
    const end = endOf(0);
    for (let n = 0; n < 16; n += 1) endOf((100 + 2 * n) * block);
    expect(endOf(end)).toBe(2 * block);
  });

  test('never gives more than there is', () => {
    expect(createAnswerLength(1_000)(0)).toBe(1_000);
  });
});
