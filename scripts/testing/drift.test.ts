import { describe, expect, test } from '@jest/globals';
import { driftOf, isFlat } from './drift.ts';

const allowed = { share: 0.1, more: 5 };
const over = (value: (n: number) => number) =>
  driftOf(Array.from({ length: 400 }, (_, n) => value(n)));

describe('isFlat', () => {
  test.each([
    ['what stays', () => 100],
    ['what warms up in the first quarter', (n: number) => Math.min(n, 100)],
    ['what goes up and down', (n: number) => 100 + 50 * Math.sin(n)],
    ['a peak in the end', (n: number) => (n > 390 ? 10_000 : 100)],
    ['what becomes less', (n: number) => 400 - n],
  ])('is true of %s', (_, value) => {
    expect(isFlat(over(value), allowed)).toBe(true);
  });

  test('is false of what grows slowly and never stops', () => {
    expect(
      isFlat(
        over((n) => 100 + n / 10),
        allowed,
      ),
    ).toBe(false);
  });
});
