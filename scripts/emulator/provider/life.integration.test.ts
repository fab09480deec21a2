import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { RunningFunction } from '../processes.ts';
import { isAlive, startTestEmulator, until, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
const url = (path: string): string => `${emulator.gatewayUrl}/function/${path}`;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

function processOf(name: string): number | undefined {
  const content = JSON.parse(readFileSync(`${emulator.state}/processes.json`, 'utf8')) as {
    functions: RunningFunction[];
  };
  return content.functions.find((entry) => entry.name === name)?.childPid;
}

const remove = (name: string): Promise<Response> =>
  emulator.system('DELETE', 'functions', { functionName: name });

describe('a function whose process dies', () => {
  test.each([
    ['by kill -9', (pid: number): void => void process.kill(pid, 'SIGKILL')],
    ['with exit code 3', (): void => void fetch(url('mortal/exit?code=3')).catch(() => undefined)],
  ])('%s is started again and its last lines are reported', async (_how, end) => {
    await emulator.deploy('mortal');
    const before = processOf('mortal') ?? 0;
    end(before);
    await until(() => processOf('mortal') !== before && !isAlive(before));
    await until(async () => (await fetch(url('mortal/_/ready'))).ok);
    expect(emulator.reports.at(-1)).toMatch(/^mortal died .*; its last lines:/u);
    await remove('mortal');
  });

  test('with exit code 0 stays dead: healthy, and 500 to everything', async () => {
    await emulator.deploy('quiet');
    const pid = processOf('quiet') ?? 0;
    await fetch(url('quiet/exit?code=0'));
    await until(() => !isAlive(pid));
    const [health, call] = await Promise.all([fetch(url('quiet/_/health')), fetch(url('quiet/'))]);
    expect([health.status, call.status]).toEqual([200, 500]);
    expect(processOf('quiet')).toBe(pid);
  });

  test('because it refuses its configuration is tried again, and never ready', async () => {
    await emulator.system('POST', 'functions', {
      ...{ service: 'refuser', image: 'probe:1', envProcess: 'node index.js' },
      envVars: { refuse_start: 'yes' },
    });
    const deaths = (): string[] => emulator.reports.filter((line) => line.startsWith('refuser'));
    await until(() => deaths().length === 2);
    expect(deaths()[0]).toContain('refuses to start');
    expect((await fetch(url('refuser/_/ready'))).ok).toBe(false);
    await remove('refuser');
  });
});

describe('a function that is stopped', () => {
  test('finishes the request in flight, drains and leaves no process', async () => {
    await emulator.deploy('worker', { healthcheck_interval: '3s' });
    const pid = processOf('worker') ?? 0;
    const call = fetch(url('worker/slow?ms=701'));
    await emulator.logged('worker', 'slow 701 begins');
    const removed = remove('worker');
    expect((await call).status).toBe(200);
    expect((await removed).status).toBe(202);
    await emulator.logged('worker', 'drained');
    await until(() => !isAlive(pid));
  });

  test('is killed when it overruns healthcheck_interval and write_timeout', async () => {
    await emulator.deploy('stubborn', { healthcheck_interval: '200ms', write_timeout: '800ms' });
    const pid = processOf('stubborn') ?? 0;
    const call = fetch(url('stubborn/slow?ms=60001')).catch(String);
    await emulator.logged('stubborn', 'slow 60001 begins');
    await remove('stubborn');
    await until(() => !isAlive(pid));
    await call;
  });
});
