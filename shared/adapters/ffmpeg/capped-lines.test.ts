import { describe, expect, test } from '@jest/globals';

import { CappedLines } from './capped-lines.ts';

function linesOf(...pieces: readonly string[]): string[] {
  const heard: string[] = [];
  const lines = new CappedLines((line) => heard.push(line));
  for (const piece of pieces) lines.push(piece);
  lines.end();
  return heard;
}

describe('CappedLines', () => {
  test('joins pieces to lines, whatever ends them', () => {
    expect(linesOf('one\ntw', 'o\r\nthr', 'ee\rfour')).toEqual(['one', 'two', 'three', 'four']);
  });

  test('keeps the first KiB of a line that does not end', () => {
    const lines = linesOf(...Array<string>(40).fill('x'.repeat(1_000)), '\nnext');
    expect(lines.map((line) => line.length)).toEqual([1024, 4]);
  });

  test('passes on no more than 64 KiB in all', () => {
    const lines = linesOf(...Array<string>(1_000).fill(`${'x'.repeat(999)}\n`));
    expect(lines.join('\n').length).toBeLessThanOrEqual(64 * 1024);
    expect(lines.length).toBe(66);
  });
});
