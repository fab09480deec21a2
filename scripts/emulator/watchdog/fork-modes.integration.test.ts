import { writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';

import { isAlive, until } from '../testing/test-emulator.ts';
import {
  closeTestWatchdogs,
  startTestWatchdog,
  type TestWatchdog,
} from '../testing/test-watchdog.ts';

afterEach(closeTestWatchdogs);

/** A function that is one script: the watchdog starts it anew for each request. */
function start(
  mode: 'streaming' | 'serializing',
  script: string,
  env: Record<string, string> = {},
): Promise<TestWatchdog> {
  const fill = (to: string): void => writeFileSync(join(to, 'f.sh'), script);
  return startTestWatchdog({ mode, fprocess: 'sh f.sh', prefix_logs: 'false', ...env }, { fill });
}

const post = (url: string, body: string): Promise<Response> => fetch(url, { method: 'POST', body });

describe.each(['streaming', 'serializing'] as const)('mode %s', (mode) => {
  test('gives the body to stdin and answers with stdout', async () => {
    const { url } = await start(mode, 'tr a-z A-Z');
    const answer = await post(url, 'words');
    expect([answer.status, await answer.text()]).toEqual([200, 'WORDS']);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  });

  test('answers with content_type where it is set', async () => {
    const { url } = await start(mode, 'echo {}', { content_type: 'application/json' });
    expect((await fetch(url)).headers.get('content-type')).toBe('application/json');
  });

  test('tells the request by the environment, one process for each', async () => {
    const script = 'echo "$Http_Method $Http_Path $Http_Query $Http_X_Word $own $$"';
    const { url } = await start(mode, script, { own: 'mine' });
    const call = async (): Promise<string[]> =>
      (await (await fetch(`${url}/a%20b?q=1`, { headers: { 'X-Word': 'w' } })).text()).split(' ');
    const [first, second] = await Promise.all([call(), call()]);
    expect(first.slice(0, -1)).toEqual(['GET', '/a', 'b', 'q=1', 'w', 'mine']);
    expect(second.at(-1)).not.toBe(first.at(-1));
  });

  test('logs stderr and one line of its own, but not for the kubelet', async () => {
    const { url, lines, logged } = await start(mode, 'echo seen >&2; printf 12345');
    await (await fetch(`${url}/p`, { headers: { 'User-Agent': 'kube-probe/1.30' } })).text();
    await logged('seen');
    await (await fetch(`${url}/q`)).text();
    await logged('GET /q - 200 - ContentLength: 5B (');
    expect(lines.filter((line) => line.includes('GET /p'))).toEqual([]);
  });

  test('calls ready_path as a process of its own', async () => {
    const { url } = await start(mode, 'echo "$Http_Path"', { ready_path: '/are-you' });
    expect(await (await fetch(`${url}/_/ready`)).text()).toBe('/are-you\n');
  });

  test('survives a path that no environment can hold', async () => {
    const { url } = await start(mode, 'echo');
    await (await fetch(`${url}/%00`)).text();
    expect((await fetch(url)).status).toBe(200);
  });

  test('SIGTERM to the watchdog lets the request in flight end', async () => {
    const { url, stop, logged } = await start(mode, 'echo begun >&2; sleep 0.5; echo done');
    const call = fetch(url);
    await logged('begun');
    const stopped = stop();
    expect(await (await call).text()).toBe('done\n');
    await stopped;
  });
});

describe('mode streaming', () => {
  test('passes output on while the process runs', async () => {
    const { url } = await start('streaming', 'head -c 100000 /dev/zero; sleep 1; echo end');
    const begun = performance.now();
    const answer = await fetch(url);
    expect(performance.now() - begun).toBeLessThan(900);
    expect((await answer.bytes()).length).toBe(100_004);
  });

  test('is 200 whatever the process exits with; the log says 500', async () => {
    const { url, logged } = await start('streaming', 'printf half; exit 3');
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, 'half']);
    await logged('exit status 3');
    await logged('GET / - 500 - ContentLength: 4B');
  });

  test('ends the body as if it were whole when exec_timeout kills the process', async () => {
    const { url, logged } = await start('streaming', 'printf half; sleep 30', {
      exec_timeout: '300ms',
    });
    expect(await (await fetch(url)).text()).toBe('half');
    await logged('signal: killed');
  });

  test('streams 50 MB through', async () => {
    const { url } = await start('streaming', 'cat');
    const answer = await post(url, 'x'.repeat(50_000_000));
    expect((await answer.bytes()).length).toBe(50_000_000);
  });

  test('a client that leaves ends the input; the process is not killed', async () => {
    const script = 'echo started >&2; cat; echo "input over" >&2; sleep 0.2; echo lived >&2';
    const { url, logged } = await start('streaming', script);
    const client = request(url, { method: 'POST' }).on('error', () => undefined);
    client.write('begun');
    await logged('started');
    client.destroy();
    await logged('input over');
    await logged('lived');
  });

  test('kills what still runs with the watchdog', async () => {
    const { url, lines, kill, exited } = await start('streaming', 'echo "pid $$" >&2; sleep 30');
    void fetch(url).catch(() => undefined);
    const pid = (): number => Number(lines.find((line) => line.startsWith('pid '))?.slice(4));
    await until(() => pid() > 0);
    kill();
    await exited;
    await until(() => !isAlive(pid()));
  });
});

describe('mode serializing', () => {
  test('reads all of the body before the process starts', async () => {
    const { url, lines, logged } = await start('serializing', 'echo started >&2; cat');
    const answered = Promise.withResolvers<IncomingMessage>();
    const client = request(url, { method: 'POST' }, answered.resolve);
    client.write('one ');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lines).not.toContain('started');
    client.end('two');
    await logged('started');
    expect(String(await (await answered.promise).toArray())).toBe('one two');
  });

  test('answers with the length and the duration', async () => {
    const { url } = await start('serializing', 'printf 12345');
    const { headers } = await fetch(url);
    expect(headers.get('content-length')).toBe('5');
    expect(headers.get('x-duration-seconds')).toMatch(/^\d+\.\d{6}$/u);
  });

  test.each([
    ['exits non-zero', 'echo lost; exit 3', 'exit status 3'],
    ['is killed by exec_timeout', 'sleep 30', 'signal: killed'],
  ])('is 500 with the reason when the process %s', async (_how, script, reason) => {
    const { url } = await start('serializing', script, { exec_timeout: '300ms' });
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([500, reason]);
  });

  test('is 500 when the process ends without reading a large body', async () => {
    const { url } = await start('serializing', 'exit 0');
    const answer = await post(url, 'x'.repeat(5_000_000));
    expect([answer.status, await answer.text()]).toEqual([500, 'write |1: broken pipe']);
  });
});
