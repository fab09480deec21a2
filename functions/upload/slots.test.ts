import { describe, expect, test } from '@jest/globals';
import { createSlots } from './slots.ts';

describe('createSlots', () => {
  test('gives one person a quarter of all slots, and others the rest (23)', () => {
    const slots = createSlots(8);
    for (let n = 0; n < 2; n += 1) slots.take('ada');
    expect(() => slots.take('ada')).toThrow(
      expect.objectContaining({ code: 'rate_limited', retryAfterSeconds: 5 }),
    );
    expect(() => slots.take('bob')).not.toThrow();
  });

  test('gives nobody more than there are (33)', () => {
    const slots = createSlots(4);
    for (const person of ['ada', 'bob', 'cyd', 'dee']) slots.take(person);
    expect(() => slots.take('eve')).toThrow(
      expect.objectContaining({ code: 'unavailable', retryAfterSeconds: 5 }),
    );
  });

  test('gives again what was given back', () => {
    const slots = createSlots(1);
    for (let n = 0; n < 3; n += 1) slots.take('ada')();
    const giveBack = slots.take('ada');
    expect(() => slots.take('bob')).toThrow('Too many uploads at once. Try again in a moment.');
    giveBack();
    expect(() => slots.take('bob')).not.toThrow();
  });
});
