import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';

import { startTestEmulator, until, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
afterEach(() => emulator.close());

const sent = { service: 'probe', image: 'probe:1', envProcess: 'node index.js' };
const update = (round: string, more: object = {}): Promise<Response> =>
  emulator.system('PUT', 'functions', { ...sent, envVars: { round, ...more } });
const url = (path: string): string => `${emulator.gatewayUrl}/function/probe/${path}`;
const roundNow = async (): Promise<string | undefined> => {
  const answer = await fetch(url('info'));
  return answer.ok ? ((await answer.json()) as { env: { round: string } }).env.round : undefined;
};

/** Calls without a pause until told to stop; the statuses there were. */
async function callUntil(signal: AbortSignal): Promise<Set<number>> {
  const statuses = new Set<number>();
  while (!signal.aborted) {
    statuses.add((await fetch(url('info'))).status);
    await sleep(5);
  }
  return statuses;
}

describe('an update on Kubernetes', () => {
  test('is answered at once and leaves no gap', async () => {
    emulator = await startTestEmulator();
    await emulator.deploy('probe', { round: '1' });
    const done = new AbortController();
    const calls = callUntil(done.signal);
    expect((await update('2')).status).toBe(202);
    expect(await roundNow()).toBe('1');
    await until(async () => (await roundNow()) === '2');
    done.abort();
    expect([...(await calls)]).toEqual([200]);
  });

  test('that never gets healthy leaves the old version serving', async () => {
    emulator = await startTestEmulator();
    await emulator.deploy('probe', { round: '1' });
    await update('2', { refuse_start: 'yes' });
    await until(
      () => emulator.reports.filter((line) => line.startsWith('probe died')).length === 2,
    );
    expect(await roundNow()).toBe('1');
    await update('3');
    await until(async () => (await roundNow()) === '3');
  });

  test('keeps the number of replicas', async () => {
    emulator = await startTestEmulator();
    await emulator.deploy('probe', { round: '1' });
    await emulator.system('POST', 'scale-function/probe', { replicas: 2 });
    await update('2');
    const rounds = new Set<string | undefined>();
    await until(async () => {
      rounds.clear();
      for (let call = 0; call < 4; call += 1) rounds.add(await roundNow());
      return rounds.size === 1 && rounds.has('2');
    });
    expect(await (await emulator.system('GET', 'function/probe')).json()).toMatchObject({
      replicas: 2,
    });
  });
});

describe('an update on faasd', () => {
  test('is answered when it is done, and the function is gone meanwhile', async () => {
    emulator = await startTestEmulator({ mode: 'faasd' });
    await emulator.deploy('probe', { round: '1' });
    const busy = fetch(url('slow?ms=901'));
    await emulator.logged('probe', 'slow 901 begins');
    const updated = update('2');
    await until(async () => (await fetch(url('info'))).status === 404);
    expect(await (await emulator.system('GET', 'functions')).json()).toEqual([]);
    expect((await updated).status).toBe(200);
    expect((await busy).status).toBe(200);
    await until(async () => (await roundNow()) === '2');
  });

  test('gives the old process no more than the grace period', async () => {
    emulator = await startTestEmulator({ mode: 'faasd', gracePeriodMs: 300 });
    await emulator.deploy('probe', { round: '1', healthcheck_interval: '1h', write_timeout: '1h' });
    const busy = fetch(url('slow?ms=60003')).catch(String);
    await emulator.logged('probe', 'slow 60003 begins');
    const begun = performance.now();
    await update('2');
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(290);
    expect(took).toBeLessThan(5_000);
    await busy;
  });

  test('keeps one replica, however many are wanted', async () => {
    emulator = await startTestEmulator({ mode: 'faasd' });
    await emulator.deploy('probe');
    await emulator.system('POST', 'scale-function/probe', { replicas: 3 });
    expect(await (await emulator.system('GET', 'function/probe')).json()).toMatchObject({
      replicas: 1,
    });
  });

  test('scaling starts at once what rests after it died', async () => {
    emulator = await startTestEmulator({ mode: 'faasd' });
    const fails = { ...sent, envVars: { refuse_start: 'yes' } };
    await emulator.system('POST', 'functions', fails);
    const deaths = (): number =>
      emulator.reports.filter((line) => line.startsWith('probe died')).length;
    await until(() => deaths() === 3);
    const begun = performance.now();
    await emulator.system('POST', 'scale-function/probe', { replicas: 1 });
    await until(() => deaths() === 4);
    // It would have rested for two seconds.
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});
