import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { findFreePort } from './provider/free-port.ts';
import { BUNDLES, until } from './testing/test-emulator.ts';
import { closeTestWatchdogs, startProbe } from './testing/test-watchdog.ts';

let home: string;
let url: string;
let child: ChildProcess;
let output: string;

function prepare(): void {
  home = mkdtempSync(join(tmpdir(), 'node-bundle-'));
  cpSync('template/node-bundle', home, { recursive: true });
  cpSync(join(BUNDLES, 'probe'), join(home, 'function'), { recursive: true });
  output = '';
}

function cleanUp(): void {
  child.kill('SIGKILL');
  rmSync(home, { recursive: true });
}

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
  beforeEach(prepare);
  afterEach(cleanUp);

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
    await start({ quiet_after_sigterm_ms: '100' });
    await until(async () => (await readyStatus()) === 200);
    const call = fetch(`${url}/slow?ms=900`);
    await until(() => output.includes('slow 900 begins'));
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await until(async () => (await readyStatus()) === 0);
    expect(output).not.toContain('slow 900 ended');
    expect(await (await call).text()).toBe('done\n');
    expect(await exited).toEqual([0, null]);
    expect(output).toMatch(/stops waiting[\s\S]*drained/);
  });

  test('SIGTERM: it serves on until nothing came for a while, but calls itself unready', async () => {
    await start({ quiet_after_sigterm_ms: '400' });
    await until(async () => (await readyStatus()) === 200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await until(async () => (await readyStatus()) === 503);
    for (let calls = 0; calls < 4; calls += 1) {
      await sleep(200);
      expect((await fetch(`${url}/info`)).status).toBe(200);
    }
    expect(await exited).toEqual([0, null]);
  });

  test('SIGTERM: traffic without an end does not keep it from draining', async () => {
    await start({ quiet_after_sigterm_ms: '100' });
    await until(async () => (await readyStatus()) === 200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const begun = performance.now();
    while (child.exitCode === null) {
      await fetch(`${url}/info`).then(
        (answer) => answer.text(),
        () => undefined,
      );
      await sleep(20);
    }
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await exited).toEqual([0, null]);
    expect(output).toContain('drained');
  });
});

describe('template/node-bundle behind a watchdog', () => {
  afterEach(closeTestWatchdogs);

  /** Every 20 ms for `ms`; how many of them were answered with what. */
  async function statusesFor(ms: number, target: string): Promise<number[]> {
    const calls: Promise<number>[] = [];
    for (const end = performance.now() + ms; performance.now() < end;) {
      const agent = { headers: { Connection: 'close' } };
      calls.push(fetch(`${target}/info`, agent).then((answer) => answer.status));
      await sleep(20);
    }
    return Promise.all(calls);
  }

  test.each([false, true])(
    'no request sent in the second after SIGTERM is lost (exact drain: %s)',
    async (isDrainExact) => {
      const watchdog = await startProbe({ healthcheck_interval: '2500ms' }, { isDrainExact });
      const stopped = watchdog.stop();
      const statuses = await statusesFor(1_000, watchdog.url);
      expect(statuses.length).toBeGreaterThan(20);
      expect(new Set(statuses)).toEqual(new Set([200]));
      await stopped;
      expect(watchdog.lines).toContain('drained');
    },
  );

  test('requests are lost where it serves nothing after SIGTERM', async () => {
    const env = { healthcheck_interval: '2s', quiet_after_sigterm_ms: '0' };
    const watchdog = await startProbe(env, { isDrainExact: true });
    const stopped = watchdog.stop();
    expect(await statusesFor(1_000, watchdog.url)).toContain(500);
    await stopped;
  });
});
