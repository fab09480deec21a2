import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConversionOptions } from '#shared/contracts/options';
import { warningCodes } from '#shared/core/warnings';

const text = readFileSync(resolve(import.meta.dirname, '..', '..', 'docs', 'options.md'), 'utf8');
/** What stands in the first column of a table. */
const named = text
  .split('\n')
  .flatMap((line) => /^\| (`.*?) *\|/.exec(line)?.[1]?.split(', ') ?? [])
  .map((name) => name.replaceAll('`', ''));

describe('docs/options.md', () => {
  test('has a row for each option and each warning, and for nothing else', () => {
    expect(named).toEqual([...Object.keys(ConversionOptions.entries), ...warningCodes]);
  });
});
