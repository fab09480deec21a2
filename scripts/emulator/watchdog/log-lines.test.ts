import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { readLines } from './log-lines.ts';

const TOO_LONG = '(too long)';

async function linesOf(maxBytes: number, ...chunks: string[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, {
    maxBytes,
    onLine: (line) => lines.push(line),
    onTooLong: () => lines.push(TOO_LONG),
  });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await setImmediate();
  return lines;
}

describe('readLines', () => {
  test('joins a line that came in pieces', async () => {
    expect(await linesOf(-1, 'a', 'b\nc\n')).toEqual(['ab', 'c']);
  });

  test('gives the last line though it has no end, but not without a limit', async () => {
    expect(await linesOf(8, 'a\nb')).toEqual(['a', 'b']);
    expect(await linesOf(-1, 'a\nb')).toEqual(['a']);
  });

  test('reads no further once a line with its end is over the limit', async () => {
    expect(await linesOf(4, 'abc\n', 'abcd', '\nlater\n')).toEqual(['abc', TOO_LONG]);
  });

  test('finds the line too long among others that came with it', async () => {
    expect(await linesOf(4, 'abc\nabcd\nlater\n', 'more\n')).toEqual(['abc', TOO_LONG]);
  });

  test('counts bytes, not characters', async () => {
    expect(await linesOf(4, 'ab\nää\n')).toEqual(['ab', TOO_LONG]);
  });

  test('has no limit at -1', async () => {
    expect(await linesOf(-1, `${'x'.repeat(100_000)}\n`)).toEqual(['x'.repeat(100_000)]);
  });
});
