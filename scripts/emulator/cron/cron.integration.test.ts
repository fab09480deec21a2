import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { listen } from '../http/server.ts';
import { until } from '../testing/test-emulator.ts';
import { startCron } from './cron.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const REBUILD_MS = 100;
const everySecond = { topic: 'cron-function', schedule: '@every 1s' };

describe('startCron', () => {
  let gateway: Server;
  let stop: () => Promise<void>;
  let calls: Received[];
  let asked: (string | undefined)[];
  let reports: string[];
  let listed: unknown[];
  let listStatus: number;
  let answer: (res: ServerResponse) => void;

  beforeEach(async () => {
    calls = [];
    asked = [];
    // Of this cron alone: a call of the one before may be reported after its end.
    const own: string[] = [];
    reports = own;
    listed = [{ name: 'tick', annotations: everySecond }];
    listStatus = 200;
    answer = (res) => res.end();
    gateway = createServer((req, res) => void serve(req, res));
    stop = startCron({
      gatewayUrl: `http://127.0.0.1:${await listen(gateway, 0)}`,
      authorization: 'Basic c2VjcmV0',
      rebuildIntervalMs: REBUILD_MS,
      report: (line) => void own.push(line),
    });
  });
  afterEach(async () => {
    await stop();
    gateway.close();
    gateway.closeAllConnections();
  });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method, url, headers } = req;
    if (url?.startsWith('/system/')) {
      asked.push(headers.authorization);
      const list = url === '/system/namespaces' ? ['openfaas-fn'] : listed;
      res.writeHead(listStatus).end(JSON.stringify(list));
    } else {
      calls.push({ method, url, headers, body: Buffer.concat(await req.toArray()).toString() });
      answer(res);
    }
  }

  test('posts nothing but the two headers that tell where it comes from', async () => {
    await until(() => calls.length === 1);
    expect(calls[0]).toEqual({
      method: 'POST',
      url: '/function/tick.openfaas-fn',
      body: '',
      headers: {
        'accept-encoding': 'gzip',
        'content-length': '0',
        host: expect.any(String),
        'user-agent': 'Go-http-client/1.1',
        'x-connector': 'cron-connector',
        'x-topic': 'cron-function',
      },
    });
  });

  test('asks for the functions after one interval, with credentials', async () => {
    await sleep(REBUILD_MS / 2);
    expect(asked).toEqual([]);
    await until(() => asked.length >= 2);
    expect(new Set(asked)).toEqual(new Set(['Basic c2VjcmV0']));
  });

  test('lets runs overlap', async () => {
    const held: ServerResponse[] = [];
    answer = (res) => void held.push(res);
    await until(() => held.length === 3);
    for (const res of held) res.end();
  });

  test('tells of a failed run and does not repeat it', async () => {
    answer = (res) => res.writeHead(500).end();
    await until(() => reports.length === 1);
    await sleep(500);
    expect([reports, calls.length]).toEqual([['tick.openfaas-fn answered 500'], 1]);
  });

  test('survives a call that nobody answers', async () => {
    answer = (res) => res.destroy();
    await until(() => calls.length === 2);
    expect(reports[0]).toContain('tick.openfaas-fn: socket hang up');
  });

  test('skips in silence what has another topic, no schedule or one that is none', async () => {
    const topic = 'cron-function';
    const skipped = [
      { topic: 'video_uploaded', schedule: '@every 1s' },
      { topic: 'cron-function,other', schedule: '@every 1s' },
      { topic },
      { topic, schedule: 'often' },
      { topic, schedule: '@every 1s; @every 2s' },
    ].map((annotations, index) => ({ name: `skipped-${index}`, annotations }));
    listed = [{ name: 'bare' }, ...skipped, { name: 'tick', annotations: everySecond }];
    await until(() => calls.length === 2);
    expect(new Set(calls.map(({ url }) => url))).toEqual(new Set(['/function/tick.openfaas-fn']));
    expect(reports).toEqual([]);
  });

  test('keeps its schedules while the list fails', async () => {
    await until(() => calls.length === 1);
    listStatus = 500;
    await sleep(2 * REBUILD_MS);
    const before = calls.length;
    await until(() => calls.length > before);
  });

  test('forgets a function that is gone, and follows a schedule that changed', async () => {
    await until(() => calls.length === 1);
    listed = [{ name: 'tick', annotations: { ...everySecond, schedule: '@every 1h' } }];
    await sleep(2 * REBUILD_MS);
    const before = calls.length;
    await sleep(1_500);
    expect(calls).toHaveLength(before);
  });

  test('calls nothing after it was stopped', async () => {
    await until(() => calls.length === 1);
    await stop();
    await sleep(1_200);
    expect(calls).toHaveLength(1);
  });
});
