import { afterEach, describe, expect, test } from '@jest/globals';

import { isAlive, until } from '../testing/test-emulator.ts';
import {
  closeTestWatchdogs,
  startProbe,
  startTestWatchdog,
  type TestWatchdog,
} from '../testing/test-watchdog.ts';

afterEach(closeTestWatchdogs);

const exact = { isDrainExact: true };
const atOnce = { quiet_after_sigterm_ms: '0' };

async function millisecondsTo(end: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await end;
  return performance.now() - begun;
}

const health = async ({ url }: TestWatchdog): Promise<number> =>
  fetch(`${url}/_/health`).then(
    (answer) => answer.status,
    () => 0,
  );

describe('SIGTERM, exactly', () => {
  test('tells the child at once, turns health 503, serves for healthcheck_interval', async () => {
    const watchdog = await startProbe({ healthcheck_interval: '900ms' }, exact);
    const stopped = watchdog.stop();
    await watchdog.logged('stops waiting');
    expect(await health(watchdog)).toBe(503);
    expect((await fetch(`${watchdog.url}/info`)).status).toBe(200);
    await watchdog.logged('No new connections allowed, draining: 0 requests');
    await until(async () => (await health(watchdog)) === 0);
    await stopped;
  });

  test('waits healthcheck_interval out though the child has exited, then answering 500', async () => {
    const watchdog = await startProbe({ healthcheck_interval: '1s', ...atOnce }, exact);
    const took = millisecondsTo(watchdog.stop());
    await until(() => !isAlive(watchdog.childPid ?? 0));
    expect((await fetch(`${watchdog.url}/info`)).status).toBe(500);
    expect(await took).toBeGreaterThan(990);
  });

  test('refuses connections after healthcheck_interval, while those in flight finish', async () => {
    const env = { healthcheck_interval: '300ms', write_timeout: '5s' };
    const watchdog = await startProbe(env, exact);
    const call = fetch(`${watchdog.url}/slow?ms=1200`);
    await watchdog.logged('slow 1200 begins');
    const stopped = watchdog.stop();
    await watchdog.logged('draining: 1 requests');
    await until(async () => (await health(watchdog)) === 0);
    expect(await (await call).text()).toBe('done\n');
    await stopped;
  });

  test('ends what is in flight, and the child, after write_timeout more', async () => {
    const env = { healthcheck_interval: '200ms', write_timeout: '600ms', exec_timeout: '0' };
    const watchdog = await startProbe(env, exact);
    const call = fetch(`${watchdog.url}/slow?ms=60003`).catch(String);
    await watchdog.logged('slow 60003 begins');
    await watchdog.stop();
    expect(isAlive(watchdog.childPid ?? 0)).toBe(false);
    await call;
  });

  test('a kill ends the wait', async () => {
    const watchdog = await startProbe({ healthcheck_interval: '1h' }, exact);
    const stopped = watchdog.stop();
    watchdog.kill();
    expect(await millisecondsTo(stopped)).toBeLessThan(1_000);
  });
});

describe('SIGTERM, as the emulator does it', () => {
  test('waits for nothing once the child has exited', async () => {
    const watchdog = await startProbe({ healthcheck_interval: '1h', ...atOnce });
    expect(await millisecondsTo(watchdog.stop())).toBeLessThan(2_000);
    expect(watchdog.lines).toContain('drained');
  });
});

describe('a child that ends', () => {
  const start = (fprocess: string): Promise<TestWatchdog> =>
    startTestWatchdog({ mode: 'http', fprocess, upstream_url: 'http://127.0.0.1:1' });

  test('by SIGTERM, having no handler, ends the watchdog at once', async () => {
    const watchdog = await start('sleep 60');
    void watchdog.stop();
    expect(await watchdog.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('with an exit code ends the watchdog', async () => {
    expect(await (await start('false')).exited).toEqual({ code: 1, signal: null });
  });

  test('with exit code 0 does not: health stays 200 and everything is 500', async () => {
    const watchdog = await start('true');
    await until(() => !isAlive(watchdog.childPid ?? 0));
    expect(await health(watchdog)).toBe(200);
    expect((await fetch(watchdog.url)).status).toBe(500);
  });

  test('stops writing when a line was over log_buffer_size', async () => {
    const watchdog = await startTestWatchdog({
      mode: 'http',
      fprocess: 'yes',
      upstream_url: 'http://127.0.0.1:1',
      log_buffer_size: '1',
    });
    await watchdog.logged('Error reading stdout: bufio.Scanner: token too long');
    expect(watchdog.lines.filter((line) => line.endsWith(' y'))).toEqual([]);
    expect(isAlive(watchdog.childPid ?? 0)).toBe(true);
  });
});
