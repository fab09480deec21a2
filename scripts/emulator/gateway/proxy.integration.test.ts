import { request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
const url = (path: string): string => `${emulator.gatewayUrl}/function/${path}`;

beforeAll(async () => {
  emulator = await startTestEmulator();
  await Promise.all([
    emulator.deploy('probe', { exec_timeout: '1h', write_timeout: '1h' }),
    emulator.deploy('hasty', { exec_timeout: '500ms', max_inflight: '1' }),
  ]);
});
afterAll(() => emulator.close());

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly env: Record<string, string>;
}

const info = async (path: string, init?: RequestInit): Promise<Seen> =>
  (await (await fetch(url(path), init)).json()) as Seen;

describe('/function/NAME', () => {
  test.each(['probe/info?a=b%20c', 'probe.openfaas-fn/info?a=b%20c'])(
    '%s reaches the function without the prefix',
    async (path) => {
      expect((await info(path)).url).toBe('/info?a=b%20c');
    },
  );

  test('shows the function a chunked body and the marks of the call', async () => {
    const { headers } = await info('probe/info', { method: 'POST', body: 'text' });
    expect(headers).toMatchObject({
      'transfer-encoding': 'chunked',
      'x-call-id': expect.any(String),
      'x-start-time': expect.stringMatching(/^\d{19}$/u),
      'x-forwarded-for': expect.stringMatching(/^127\.0\.0\.1:\d+$/u),
    });
    expect(headers).not.toHaveProperty('content-length');
  });

  test('marks the answer', async () => {
    const { headers } = await fetch(url('probe/info'));
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-call-id': expect.any(String),
      'x-start-time': expect.any(String),
      'x-duration-seconds': expect.stringMatching(/^\d+\.\d+$/u),
    });
  });

  test("does not send a client's own call id back", async () => {
    const { headers } = await fetch(url('probe/info'), { headers: { 'X-Call-Id': 'mine' } });
    expect(headers.has('x-call-id')).toBe(false);
  });

  test('gives the process only what was deployed, the image set and PATH', async () => {
    const { env } = await info('probe/info');
    expect(Object.keys(env).sort()).toEqual(
      [
        ...[
          'HOME',
          'MALLOC_ARENA_MAX',
          'NODE_OPTIONS',
          'OPENFAAS_SECRETS_DIR',
          'PATH',
          'exec_timeout',
          'fprocess',
          'log_buffer_size',
        ],
        ...['mode', 'port', 'prefix_logs', 'read_timeout', 'ready_path', 'upstream_url'],
        'write_timeout',
      ].sort(),
    );
  });

  test('unpacks gzip it asked for itself', async () => {
    const answer = await call('GET', 'probe/packed', {});
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(await textOf(answer)).toBe('unpacked');
  });

  test('leaves gzip packed that the client asked for', async () => {
    const answer = await call('GET', 'probe/packed', { 'Accept-Encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(await textOf(answer)).not.toBe('unpacked');
  });

  test("gives an answer without a type the request's, else text/plain", async () => {
    const typed = await call('POST', 'probe/echo', { 'Content-Type': 'text/x' }, Buffer.from('x'));
    const untyped = await call('GET', 'probe/packed', {});
    expect([typed, untyped].map(({ headers }) => headers['content-type'])).toEqual([
      'text/x',
      'text/plain',
    ]);
    await Promise.all([typed, untyped].map(textOf));
  });
});

describe('results', () => {
  test('an unknown function is 404 and named with its namespace', async () => {
    const answer = await fetch(url('nobody'));
    expect([answer.status, await answer.text()]).toEqual([
      404,
      'error finding function nobody.openfaas-fn',
    ]);
  });

  test('another namespace is 404', async () => {
    expect((await fetch(url('probe.other/info'))).status).toBe(404);
  });

  test('a function over exec_timeout is 504 by the watchdog', async () => {
    const answer = await fetch(url('hasty/slow?ms=2000'));
    expect([answer.status, await answer.text()]).toEqual([504, '']);
    expect(answer.headers.get('x-openfaas-internal')).toBe('of-watchdog');
  });

  test('one request over max_inflight is 429, and so is ready; health stays 200', async () => {
    const first = fetch(url('hasty/slow?ms=301'));
    await emulator.logged('hasty', 'slow 301 begins');
    const second = await fetch(url('hasty/info'));
    const ready = await fetch(url('hasty/_/ready'));
    const health = await fetch(url('hasty/_/health'));
    expect([second.status, ready.status, health.status]).toEqual([429, 429, 200]);
    expect(second.headers.get('x-openfaas-internal')).toBe('faas-middleware');
    await (await first).text();
  });

  test('a timeout after the head ends a chunked body as if it were whole', async () => {
    const answer = await fetch(url('hasty/tear?ms=2000'));
    expect([answer.status, await answer.text()]).toEqual([200, 'begun\n']);
  });

  test('a timeout after the head breaks a body with Content-Length', async () => {
    await expect(
      fetch(url('hasty/tear?ms=2000&length=100')).then((a) => a.text()),
    ).rejects.toThrow();
  });

  test('a doubled slash is redirected', async () => {
    const answer = await fetch(`${emulator.gatewayUrl}//function/probe`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([301, '/function/probe']);
  });

  test('async calls are off', async () => {
    const answer = await fetch(`${emulator.gatewayUrl}/async-function/probe`, { method: 'POST' });
    expect(answer.status).toBe(404);
  });
});

describe('streaming', () => {
  const BYTES = 100_000_000;
  const zeros = (): Readable =>
    Readable.from(
      (function* () {
        for (let left = BYTES; left > 0; left -= 100_000) yield Buffer.alloc(100_000);
      })(),
    );

  test('100 MB pass both ways at once', async () => {
    const answer = await fetch(url('probe/echo'), {
      method: 'POST',
      body: zeros(),
      duplex: 'half',
    });
    const received = await answer.bytes();
    expect(received.length).toBe(BYTES);
  }, 30_000);

  test('a sender is held back while the function does not read', async () => {
    const { sent, abort } = await sendUnread('probe/slow?ms=1500');
    // The kernel's own buffers of three hops take some 30 MB; held back by nobody, it is hundreds.
    expect(sent).toBeLessThan(60_000_000);
    abort();
  });

  test('small chunks are withheld, but not from a reader of events', async () => {
    const timeToHead = async (headers: Record<string, string>): Promise<number> => {
      const begun = performance.now();
      const answer = await call('GET', 'probe/tear?ms=400', headers);
      const ms = performance.now() - begun;
      await textOf(answer);
      return ms;
    };
    expect(await timeToHead({})).toBeGreaterThan(390);
    expect(await timeToHead({ Accept: 'text/event-stream' })).toBeLessThan(300);
  });

  test('a refusal reaches a client that still uploads', async () => {
    const answer = await fetch(url('probe/reject'), {
      method: 'POST',
      body: zeros(),
      duplex: 'half',
    });
    expect(answer.status).toBe(413);
  });

  test('Expect: 100-continue is answered when the function wants the body', async () => {
    const continued = Promise.withResolvers<undefined>();
    const answered = Promise.withResolvers<IncomingMessage>();
    const headers = { Expect: '100-continue', 'Content-Length': 4 };
    const client = request(url('probe/count'), { method: 'POST', headers }, answered.resolve);
    client.once('continue', () => continued.resolve(undefined));
    client.flushHeaders();
    await continued.promise;
    client.end('body');
    expect(await textOf(await answered.promise)).toBe('4\n');
  });

  test('a client that leaves is noticed by the function within a second', async () => {
    const leaving = new AbortController();
    const call = fetch(url('probe/slow?ms=30001'), { signal: leaving.signal });
    await emulator.logged('probe', 'slow 30001 begins');
    const left = performance.now();
    leaving.abort();
    await expect(call).rejects.toThrow();
    await emulator.logged('probe', 'slow 30001 was left');
    expect(performance.now() - left).toBeLessThan(1_000);
  });
});

function call(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url(path), { method, headers }, resolve).once('error', reject).end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  return Buffer.concat(await answer.toArray()).toString();
}

/** Sends for a second to a function that does not read; says how much was taken. */
async function sendUnread(path: string): Promise<{ sent: number; abort: () => void }> {
  const client = request(url(path), { method: 'POST' }).on('error', () => undefined);
  const chunk = Buffer.alloc(1_000_000);
  const end = performance.now() + 1_000;
  let sent = 0;
  while (performance.now() < end && client.write(chunk)) sent += chunk.length;
  for (; performance.now() < end; sent += chunk.length) {
    const drained = new Promise((resolve) => client.once('drain', () => resolve(true)));
    const waited = new Promise((resolve) => setTimeout(resolve, end - performance.now(), false));
    if ((await Promise.race([drained, waited])) === false) break;
    client.write(chunk);
  }
  return { sent, abort: () => client.destroy() };
}
