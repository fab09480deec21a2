import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { markOf } from '../stack/orphans.ts';
import { PortBook } from '../stack/ports.ts';
import { lastingLeftovers, lookForTraces } from './leftovers.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const onLinux = process.platform === 'linux' ? test : test.skip;

describe('lastingLeftovers', () => {
  onLinux('tells of a marked process until it has ended', async () => {
    const before = await lookForTraces([root]);
    const child = spawn('sleep', ['60'], { env: markOf(`${root}:server`) });
    try {
      await once(child, 'spawn');
      expect(await lastingLeftovers([root], before, 0)).toEqual([
        `process ${child.pid ?? 0} (sleep) still runs`,
      ]);
    } finally {
      child.kill();
    }
    expect(await lastingLeftovers([root], before, 5_000)).toEqual([]);
  });

  test('tells of a remembered port until it is free', async () => {
    const port = await new PortBook(root).pick('server');
    const before = await lookForTraces([root]);
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await lastingLeftovers([root], before, 0)).toEqual([`port ${port} is still taken`]);
    server.close();
    await once(server, 'close');
    expect(await lastingLeftovers([root], before, 5_000)).toEqual([]);
  });
});
