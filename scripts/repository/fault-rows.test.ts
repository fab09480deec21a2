import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const checkout = resolve(import.meta.dirname, '..', '..');
/** Every way in which something may die, hang, lie or be full, by the number in the design. */
const rows = Array.from({ length: 42 }, (_, index) => index + 1);

/** The rows that titles name: `row 7: …`, `row 29, S4: …`. */
function rowsIn(text: string): number[] {
  return [...text.matchAll(/['`]row (\d+)(?:, S\d+)*:/g)].map(([, row]) => Number(row));
}

describe('the fault matrix', () => {
  const tested = new Set(
    globSync('scripts/faults/*.faults.test.ts', { cwd: checkout }).flatMap((path) =>
      rowsIn(readFileSync(join(checkout, path), 'utf8')),
    ),
  );

  test.each(rows)('row %d has a test', (row) => {
    expect([...tested]).toContain(row);
  });

  test('has no other row', () => {
    expect([...tested].filter((row) => !rows.includes(row))).toEqual([]);
  });
});
