import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { readLines } from './log-lines.ts';

async function linesOf(maxBytes: number, ...chunks: string[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, { maxBytes, onLine: (line) => lines.push(line) });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await setImmediate();
  return lines;
}

describe('readLines', () => {
  test('joins a line that came in pieces', async () => {
    expect(await linesOf(-1, 'a', 'b\nc\n')).toEqual(['ab', 'c']);
  });

  test('gives the last line though it has no end', async () => {
    expect(await linesOf(-1, 'a\nb')).toEqual(['a', 'b']);
  });

  test('reads no further once a line is over the limit', async () => {
    expect(await linesOf(4, 'abc\n', 'abcde', '\nlater\n')).toEqual([
      'abc',
      'a line is longer than log_buffer_size (4 bytes): this stream is not read on',
    ]);
  });

  test('has no limit at -1', async () => {
    expect(await linesOf(-1, 'x'.repeat(100_000))).toEqual(['x'.repeat(100_000)]);
  });
});
