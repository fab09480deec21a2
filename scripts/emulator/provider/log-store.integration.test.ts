import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LogStore } from './log-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-store-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('keeps no line that comes after the end', async () => {
  const logs = new LogStore(folder);
  logs.append('probe', 'probe-1', 'before');
  await logs.close();
  logs.append('probe', 'probe-1', 'after');
  expect(logs.tail('probe').map(({ text }) => text)).toEqual(['before']);
  expect(readFileSync(join(folder, 'probe.log'), 'utf8')).toBe('before\n');
});
