import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { faultsDocument } from '../faults-doc/document.ts';
import { faultTests } from '../faults-doc/fault-tests.ts';

const document = resolve(import.meta.dirname, '..', '..', 'docs', 'faults.md');
const rows = Array.from({ length: 42 }, (_, i) => i + 1);

describe('the fault suite', () => {
  test.each(rows)('has a test of row %d', (row) => {
    expect(faultTests().map(({ of }) => of)).toContain(`row ${row}`);
  });

  test('is told of in docs/faults.md as `node scripts/faults-doc.ts` tells it', () => {
    expect(readFileSync(document, 'utf8')).toBe(faultsDocument());
  });
});
