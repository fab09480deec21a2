import { describe, expect, test } from '@jest/globals';

import { readLogQuery } from './log-query.ts';

const read = (text: string, reachBackMs?: number) =>
  readLogQuery(new URLSearchParams(text), reachBackMs);
const line = { instance: 'a', timestamp: '2026-01-01T00:00:00.000Z', text: '' };

describe('readLogQuery', () => {
  test('means every line of every replica, once, unless told otherwise', () => {
    const query = read('name=f');
    expect(query).toMatchObject({ name: 'f', namespace: '', tail: Infinity, isFollowing: false });
    expect(query.includes(line)).toBe(true);
  });

  test.each([
    ['tail=3', 3],
    ['tail=0', Infinity],
    ['tail=-1', Infinity],
  ])('%s means %d lines', (text, tail) => {
    expect(read(text).tail).toBe(tail);
  });

  test.each([
    ['true', true],
    ['1', true],
    ['yes', false],
  ])('follow=%s is read as Go does: %s', (text, isFollowing) => {
    expect(read(`follow=${text}`).isFollowing).toBe(isFollowing);
  });

  test('leaves out what is older than since, or of another replica', () => {
    expect(read('since=2026-01-01T00:00:00Z').includes(line)).toBe(true);
    expect(read('since=2026-01-01T00:00:01Z').includes(line)).toBe(false);
    expect(read('instance=a').includes(line)).toBe(true);
    expect(read('instance=b').includes(line)).toBe(false);
  });

  test('reaches back as far as the provider does, unless since says how far', () => {
    expect(read('', 1_000).includes(line)).toBe(false);
    expect(read('', 1_000).includes({ ...line, timestamp: new Date().toISOString() })).toBe(true);
    expect(read('since=2026-01-01T00:00:00Z', 1_000).includes(line)).toBe(true);
  });

  test.each(['tail=few', 'tail=1.5', 'since=yesterday', 'since=2026-01-01'])(
    'refuses %s with 422',
    (text) => {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ name: 'ProviderError', status: 422 }),
      );
    },
  );
});
