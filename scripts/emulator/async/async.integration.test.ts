import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { listen } from '../http/server.ts';
import { startTestEmulator, until, type TestEmulator } from '../testing/test-emulator.ts';

interface Posted {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const posted: Posted[] = [];
const receiver = createServer((req: IncomingMessage, res) => {
  void text(req).then((body) => {
    posted.push({ method: req.method, headers: req.headers, body });
    res.end();
  });
});
let emulator: TestEmulator;
let callbackUrl: string;

beforeAll(async () => {
  emulator = await startTestEmulator({ async: { ackWaitMs: 60_000 } });
  callbackUrl = `http://127.0.0.1:${await listen(receiver, 0)}/done`;
  await emulator.deploy('probe');
}, 20_000);
afterAll(async () => {
  receiver.close();
  receiver.closeAllConnections();
  await emulator.close();
});

const queue = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${emulator.gatewayUrl}/async-function/${path}`, { method: 'POST', ...init });

/** What the callback of this call received. */
async function calledBack(callId: string | null): Promise<Posted> {
  const find = () => posted.find(({ headers }) => headers['x-call-id'] === callId);
  await until(() => find() !== undefined);
  return find()!;
}

describe('/async-function/NAME', () => {
  test('answers 202 without a body and marks the call', async () => {
    const answer = await queue('probe/info');
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(answer.headers.get('x-call-id')).toMatch(/^[-0-9a-f]{36}$/u);
    expect(answer.headers.get('x-start-time')).toMatch(/^\d{19}$/u);
  });

  test('posts to the function with path, query and headers, and calls back', async () => {
    const headers = { 'X-Callback-Url': callbackUrl, 'X-Own': 'kept', 'User-Agent': 'mine' };
    const answer = await queue('probe.openfaas-fn/info?a=%20b', { headers, body: 'text' });
    const { method, headers: sent, body } = await calledBack(answer.headers.get('x-call-id'));
    expect([method, sent]).toEqual([
      'POST',
      expect.objectContaining({
        'content-type': 'application/json',
        'x-duration-seconds': expect.stringMatching(/^\d+\.\d+$/u),
        'x-function-status': '200',
        'x-function-name': 'probe.openfaas-fn',
      }),
    ]);
    const seen = JSON.parse(body) as Record<string, unknown>;
    expect(seen).toMatchObject({ method: 'POST', url: '/info?a=%20b' });
    expect(seen['headers']).toMatchObject({ 'x-own': 'kept', 'x-call-id': sent['x-call-id'] });
    expect(seen['headers']).not.toHaveProperty('user-agent', 'mine');
  });

  test('takes a call of a function that does not exist, and reports its 404', async () => {
    const answer = await queue('nobody', { headers: { 'X-Callback-Url': callbackUrl } });
    expect(answer.status).toBe(202);
    const { headers } = await calledBack(answer.headers.get('x-call-id'));
    expect(headers['x-function-status']).toBe('404');
  });

  test('does not try again what failed', async () => {
    await queue('probe/slow?ms=1');
    const failing = await queue('probe/status?code=500', {
      headers: { 'X-Callback-Url': callbackUrl },
    });
    const after = await queue('probe/info', { headers: { 'X-Callback-Url': callbackUrl } });
    await calledBack(after.headers.get('x-call-id'));
    const callId = failing.headers.get('x-call-id');
    expect(posted.filter(({ headers }) => headers['x-call-id'] === callId)).toHaveLength(1);
  });

  test.each([
    [202, 256_000],
    [500, 256_001],
  ])('answers %i to a body of %i bytes', async (status, bytes) => {
    const answer = await queue('probe/count', { body: Buffer.alloc(bytes) });
    expect(answer.status).toBe(status);
  });

  test('refuses an X-Callback-Url that is none', async () => {
    const answer = await queue('probe/info', { headers: { 'X-Callback-Url': 'http://[::1' } });
    expect(answer.status).toBe(400);
  });

  test('knows no other method than POST', async () => {
    expect((await queue('probe/info', { method: 'PUT' })).status).toBe(405);
  });

  test('counts as an invocation of the function', async () => {
    await emulator.deploy('counted');
    const before = await invocations('counted');
    await queue('counted/info');
    await until(async () => (await invocations('counted')) === before + 1);
  });
});

describe('a slow worker', () => {
  test('gets a call that outlasts ack_wait once more', async () => {
    const impatient = await startTestEmulator({ async: { ackWaitMs: 200 } });
    await impatient.deploy('probe');
    await fetch(`${impatient.gatewayUrl}/async-function/probe/slow?ms=300`, { method: 'POST' });
    const log = async () => (await impatient.system('GET', 'logs?name=probe&follow=false')).text();
    await until(async () => (await log()).split('slow 300 ended').length === 3);
    await impatient.close();
  }, 20_000);

  test('loses what waits when the emulator stops, and says so', async () => {
    const stopped = await startTestEmulator({ async: { ackWaitMs: 60_000 } });
    await stopped.deploy('probe');
    for (const ms of [30_000, 30_001]) {
      await fetch(`${stopped.gatewayUrl}/async-function/probe/slow?ms=${ms}`, { method: 'POST' });
    }
    await stopped.logged('probe', 'slow 30000 begins');
    await stopped.close();
    expect(stopped.reports).toContain('async: 2 queued calls are lost: the queue was in memory');
  }, 20_000);
});

async function invocations(name: string): Promise<number> {
  const answer = await emulator.system('GET', `functions`);
  const list = (await answer.json()) as { name: string; invocationCount?: number }[];
  return list.find((entry) => entry.name === name)?.invocationCount ?? 0;
}
