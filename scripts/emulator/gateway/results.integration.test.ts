import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { EmulatorOptions } from '../emulator.ts';
import { startTestEmulator, TIMEOUTS, until, type TestEmulator } from '../testing/test-emulator.ts';

const open: TestEmulator[] = [];

async function emulatorWith(change: Partial<EmulatorOptions>): Promise<TestEmulator> {
  const emulator = await startTestEmulator(change);
  open.push(emulator);
  await emulator.deploy('probe', { exec_timeout: '1h', write_timeout: '1h' });
  return emulator;
}

afterAll(() => Promise.all(open.map((emulator) => emulator.close())));

/** Sent as it is: fetch would clean the path and choose headers of its own. */
function send(
  { gatewayUrl }: TestEmulator,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(gatewayUrl);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers, agent: false }, resolve)
      .once('error', reject)
      .end();
  });
}

const resultOf = async (answer: IncomingMessage) => [
  answer.statusCode,
  await text(answer),
  answer.headers['x-openfaas-internal'],
];

/** Deploys a function that dies twice: after the second time it rests for a second. */
async function killForAWhile(emulator: TestEmulator): Promise<void> {
  const deaths = () => emulator.reports.filter((line) => line.startsWith('mayfly died')).length;
  await emulator.deploy('mayfly');
  await until(async () => {
    if (deaths() < 2) await send(emulator, '/function/mayfly/exit?code=1').then((a) => a.resume());
    return deaths() === 2;
  });
}

describe('a stock gateway', () => {
  let emulator: TestEmulator;
  beforeAll(async () => {
    emulator = await emulatorWith({});
  }, 20_000);

  const infoOf = async (path: string, options = {}) =>
    JSON.parse(await text(await send(emulator, path, options))) as Record<string, unknown>;

  test('an escaped slash arrives decoded', async () => {
    const answer = await send(emulator, '/function/probe%2Finfo');
    expect(JSON.parse(await text(answer))).toMatchObject({ url: '/info' });
  });

  test('an encoded percent sign loses the connection', async () => {
    await expect(send(emulator, '/function/probe/info%25')).rejects.toThrow('hang up');
  });

  test('a percent sign in the query arrives as it was sent', async () => {
    expect(await infoOf('/function/probe/info?a=%25')).toMatchObject({ url: '/info?a=%25' });
  });

  test('HEAD has the head and no body', async () => {
    const answer = await send(emulator, '/function/probe/info', { method: 'HEAD' });
    expect(await resultOf(answer)).toEqual([200, '', undefined]);
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s passes', async (method) => {
    expect(await infoOf('/function/probe/info', { method })).toMatchObject({ method });
  });

  test('another method is 405', async () => {
    const answer = await send(emulator, '/function/probe/info', { method: 'PROPFIND' });
    expect(await resultOf(answer)).toEqual([405, '', undefined]);
  });

  test('an upgrade is an ordinary request', async () => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
    const seen = await infoOf('/function/probe/info', { headers });
    expect(seen['headers']).not.toHaveProperty('upgrade');
  });

  test('a redirect is returned, not followed', async () => {
    const answer = await send(emulator, '/function/probe/status?code=302');
    expect(answer.resume().statusCode).toBe(302);
  });

  test('a process that ended with 0 is 500 by the watchdog, which lives on', async () => {
    await emulator.deploy('mortal');
    const answer = await send(emulator, '/function/mortal/exit?code=0');
    expect(await resultOf(answer)).toEqual([500, '', 'of-watchdog']);
  });

  test('a watchdog that is gone is 500 by the provider', async () => {
    await killForAWhile(emulator);
    const answer = await send(emulator, '/function/mayfly/info');
    expect(await resultOf(answer)).toEqual([500, "Can't reach service for: mayfly.", 'proxy']);
  }, 20_000);

  test('a client that leaves a download is noticed by the function within a second', async () => {
    const answer = await send(emulator, '/function/probe/tear?ms=30000', {
      headers: { Accept: 'text/event-stream' },
    });
    answer.once('error', () => undefined).destroy();
    const left = performance.now();
    await emulator.logged('probe', 'tear was left');
    expect(performance.now() - left).toBeLessThan(1_000);
  });
});

describe('a function that faasd tells has no replica', () => {
  test('is started and waited for', async () => {
    const emulator = await emulatorWith({ mode: 'faasd' });
    await killForAWhile(emulator);
    const answer = await send(emulator, '/function/mayfly/info');
    expect(answer.resume().headers['x-openfaas-internal']).not.toBe('proxy');
  }, 20_000);
});

describe('scale_from_zero off', () => {
  let emulator: TestEmulator;
  beforeAll(async () => {
    emulator = await emulatorWith({ isScaleFromZero: false });
  }, 20_000);

  test.each(['nobody', 'nobody.openfaas-fn', 'probe.other'])(
    '%s is 503 by the provider, named as it was called',
    async (name) => {
      const answer = await send(emulator, `/function/${name}`);
      expect(await resultOf(answer)).toEqual([
        503,
        `No endpoints available for: ${name}.`,
        'proxy',
      ]);
    },
  );

  test('a known function answers', async () => {
    expect((await send(emulator, '/function/probe/info')).resume().statusCode).toBe(200);
  });
});

describe('timeouts', () => {
  const withTimeout = (name: keyof typeof TIMEOUTS, ms: number): Promise<TestEmulator> =>
    emulatorWith({ timeouts: { ...TIMEOUTS, [name]: ms } });

  test('upstream_timeout before the head is 502 and empty', async () => {
    const emulator = await withTimeout('upstreamTimeoutMs', 300);
    const answer = await send(emulator, '/function/probe/slow?ms=2000');
    expect(await resultOf(answer)).toEqual([502, '', undefined]);
  });

  test('upstream_timeout after the head ends a body that looks whole', async () => {
    const emulator = await withTimeout('upstreamTimeoutMs', 300);
    const answer = await send(emulator, '/function/probe/tear?ms=2000');
    expect(await resultOf(answer)).toEqual([200, 'begun\n', undefined]);
  });

  test('upstream_timeout after the head breaks a body with Content-Length', async () => {
    const emulator = await withTimeout('upstreamTimeoutMs', 300);
    const answer = await send(emulator, '/function/probe/tear?ms=2000&length=100');
    expect([answer.statusCode, answer.headers['content-length']]).toEqual([200, '100']);
    await expect(text(answer)).rejects.toThrow('aborted');
  });

  test("the provider's timeout is 500", async () => {
    const emulator = await withTimeout('providerTimeoutMs', 300);
    const answer = await send(emulator, '/function/probe/slow?ms=2000');
    expect(await resultOf(answer)).toEqual([500, "Can't reach service for: probe.", 'proxy']);
  });

  test('write_timeout cuts the connection', async () => {
    const emulator = await withTimeout('writeTimeoutMs', 300);
    await expect(send(emulator, '/function/probe/slow?ms=2000')).rejects.toThrow('hang up');
  });

  test('read_timeout cuts an upload that is not over', async () => {
    const emulator = await withTimeout('readTimeoutMs', 300);
    const cut = new Promise<string>((resolve) => {
      const upload = request(`${emulator.gatewayUrl}/function/probe/count`, { method: 'POST' });
      upload.once('error', (error) => resolve(error.message)).write('begun');
    });
    expect(await cut).toMatch(/hang up|ECONNRESET/u);
  });

  test('read_timeout leaves a slow answer alone', async () => {
    const emulator = await withTimeout('readTimeoutMs', 300);
    const answer = await send(emulator, '/function/probe/slow?ms=600');
    expect(await resultOf(answer)).toEqual([200, 'done\n', undefined]);
  });
});
