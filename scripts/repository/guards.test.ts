import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { broken } from '../guards/guard.ts';
import { guards } from '../guards/guards.ts';

const root = resolve(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe.each(guards.map((guard) => [`${guard.invariant}, ${guard.broken}`, guard] as const))(
  '%s',
  (_, guard) => {
    test('is what the file has exactly once', () => {
      const source = read(guard.file);
      expect(broken(source, guard)).not.toBe(source);
    });

    test('is missed by a test that is there', () => {
      expect(existsSync(join(root, guard.test.file))).toBe(true);
    });
  },
);

describe('guards', () => {
  test('keep at least ten promises', () => {
    const promises = Map.groupBy(guards, ({ invariant }) => invariant);
    expect(promises.size).toBeGreaterThanOrEqual(10);
  });
});

describe('broken', () => {
  const [guard] = guards;

  test.each(['', 'twice, twice'])('refuses a file that has the text not once: %j', (source) => {
    expect(() => broken(source, { ...guard!, file: 'a.ts', text: 'twice' })).toThrow(/^a\.ts has/);
  });
});
