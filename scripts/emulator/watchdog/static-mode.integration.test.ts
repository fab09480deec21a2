import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  closeTestWatchdogs,
  startTestWatchdog,
  type TestWatchdog,
} from '../testing/test-watchdog.ts';

let watchdog: TestWatchdog;

beforeEach(async () => {
  watchdog = await startTestWatchdog(
    { mode: 'static' },
    {
      fill: (to) => {
        mkdirSync(join(to, 'public/site'), { recursive: true });
        mkdirSync(join(to, 'public/list'));
        writeFileSync(join(to, 'secret.txt'), 'outside');
        writeFileSync(join(to, 'public/a.txt'), '0123456789');
        writeFileSync(join(to, 'public/site/index.html'), '<p>site');
        writeFileSync(join(to, 'public/list/b&c.txt'), '');
      },
    },
  );
});
afterEach(closeTestWatchdogs);

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${watchdog.url}${path}`, { headers, redirect: 'manual' });

/** As it stands: fetch would clean the path. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { port } = watchdog;
    request({ host: '127.0.0.1', port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('mode static', () => {
  test("serves static_path, by default public/ in the function's folder, without a process", async () => {
    const answer = await get('/a.txt');
    expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(watchdog.childPid).toBeUndefined();
  });

  test('answers a folder with its index.html, else with a list', async () => {
    expect(await (await get('/site/')).text()).toBe('<p>site');
    expect(await (await get('/list/')).text()).toContain('<a href="./b&c.txt">b&amp;c.txt</a>');
  });

  test.each([
    ['/site', 'site/'],
    ['/a.txt/', '../a.txt'],
    ['/site/index.html?q=1', './?q=1'],
  ])('sends from %s to %s', async (path, location) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([301, location]);
  });

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=99-', 416, '', 'bytes */10'],
  ])('answers %s with %d', async (range, status, text, contentRange) => {
    const answer = await get('/a.txt', { Range: range });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  test('sends nothing that did not change, and all that did', async () => {
    const modified = (await get('/a.txt')).headers.get('last-modified') ?? '';
    expect((await get('/a.txt', { 'If-Modified-Since': modified })).status).toBe(304);
    const long = new Date(0).toUTCString();
    expect((await get('/a.txt', { 'If-Modified-Since': long })).status).toBe(200);
  });

  test.each(['/none.txt', '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt'])(
    'has no %s',
    async (path) => {
      expect(await rawStatus(path)).toBe(404);
    },
  );
});
