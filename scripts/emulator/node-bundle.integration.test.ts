import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { findFreePort } from './provider/free-port.ts';
import { BUNDLES, until } from './testing/test-emulator.ts';

let home: string;
let url: string;
let child: ChildProcess;
let output: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'node-bundle-'));
  cpSync('template/node-bundle', home, { recursive: true });
  cpSync(join(BUNDLES, 'probe'), join(home, 'function'), { recursive: true });
  output = '';
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(home, { recursive: true });
});

async function start(env: Record<string, string>): Promise<void> {
  url = `http://127.0.0.1:${await findFreePort()}`;
  child = spawn(process.execPath, ['index.js'], { cwd: home, env: { upstream_url: url, ...env } });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
}

const readyStatus = (): Promise<number> =>
  fetch(`${url}/_/ready`).then(
    (answer) => answer.status,
    () => 0,
  );

describe('template/node-bundle', () => {
  test('is 503 until ready() resolved, then 200', async () => {
    await start({ start_ms: '600' });
    await until(async () => (await readyStatus()) === 503);
    expect((await fetch(`${url}/info`)).status).toBe(503);
    await until(async () => (await readyStatus()) === 200);
    expect((await fetch(`${url}/info`)).status).toBe(200);
  });

  test('prints why ready() failed and exits 1', async () => {
    await start({ refuse_start: 'yes' });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(output).toContain('refuses to start');
  });

  test('streams both ways', async () => {
    await start({});
    await until(async () => (await readyStatus()) === 200);
    const answer = await fetch(`${url}/echo`, { method: 'POST', body: Buffer.alloc(10_000_000) });
    expect((await answer.bytes()).length).toBe(10_000_000);
  });

  test('SIGTERM lets the request in flight finish, takes no other, drains and exits 0', async () => {
    await start({});
    await until(async () => (await readyStatus()) === 200);
    const call = fetch(`${url}/slow?ms=600`);
    await until(() => output.includes('slow 600 begins'));
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await until(async () => (await readyStatus()) === 0);
    expect(await (await call).text()).toBe('done\n');
    expect(await exited).toEqual([0, null]);
    expect(output).toMatch(/stops waiting[\s\S]*drained/);
  });
});
