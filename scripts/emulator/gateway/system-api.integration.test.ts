import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
const deployment = { service: 'probe', image: 'probe:1', envProcess: 'node index.js' };
const status = async (method: string, path: string, body?: unknown): Promise<number> =>
  (await emulator.system(method, path, body)).status;

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

describe('/system', () => {
  test('asks for credentials', async () => {
    const answer = await fetch(`${emulator.gatewayUrl}/system/functions`);
    expect([answer.status, await answer.text()]).toEqual([401, 'invalid credentials']);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Restricted"');
  });

  test('/healthz asks for none and knows only GET', async () => {
    const answers = await Promise.all(
      ['GET', 'HEAD'].map((method) => fetch(`${emulator.gatewayUrl}/healthz`, { method })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 405]);
  });

  test('knows its methods and paths', async () => {
    expect([await status('PATCH', 'functions'), await status('GET', 'nothing')]).toEqual([
      405, 404,
    ]);
  });

  test('info holds the three objects the CLI dereferences', async () => {
    expect(await (await emulator.system('GET', 'info')).json()).toMatchObject({
      provider: { version: { release: expect.any(String) } },
      version: { release: expect.any(String) },
    });
  });
});

describe('/system/functions', () => {
  test('takes PUT 404, POST 202, PUT 202, as faas-cli deploys twice', async () => {
    const answers = [
      await status('PUT', 'functions', deployment),
      await status('POST', 'functions', deployment),
      await status('PUT', 'functions', deployment),
    ];
    expect(answers).toEqual([404, 202, 202]);
  });

  test('describes what was sent, with its replicas', async () => {
    const sent = {
      ...deployment,
      annotations: { a: 'b' },
      labels: { c: 'd' },
      envVars: { e: 'f' },
    };
    await emulator.system('PUT', 'functions', sent);
    const { service: name, ...rest } = sent;
    expect(await (await emulator.system('GET', 'function/probe')).json()).toMatchObject({
      name,
      ...rest,
      replicas: 1,
      availableReplicas: expect.any(Number),
    });
  });

  test('scales within 1 and 5', async () => {
    const replicas = async (wanted: number): Promise<unknown> => {
      const body = { serviceName: 'probe', replicas: wanted };
      await emulator.system('POST', 'scale-function/probe', body);
      return (await emulator.system('GET', 'function/probe')).json();
    };
    expect(await replicas(3)).toMatchObject({ replicas: 3 });
    expect(await replicas(0)).toMatchObject({ replicas: 1 });
  });

  test('removes a function once', async () => {
    const body = { functionName: 'probe' };
    expect([
      await status('DELETE', 'functions', body),
      await status('DELETE', 'functions', body),
    ]).toEqual([202, 404]);
    expect((await fetch(`${emulator.gatewayUrl}/function/probe`)).status).toBe(404);
  });

  test('refuses an unknown secret and code it cannot find', async () => {
    const withSecret = { ...deployment, secrets: ['nobody-knows'] };
    const withoutCode = { ...deployment, service: 'ghost', image: 'ghost:1' };
    expect([
      await status('POST', 'functions', withSecret),
      await status('POST', 'functions', withoutCode),
    ]).toEqual([400, 500]);
  });

  test("finds the code of a bundle deployed twice by its image's name", async () => {
    await emulator.deploy('probe-again', {}, { image: 'registry/owner/probe:2' });
    expect((await fetch(`${emulator.gatewayUrl}/function/probe-again/info`)).status).toBe(200);
  });
});

describe('/system/secrets', () => {
  const raw = Buffer.from('value\n').toString('base64');

  test('keeps the untrimmed raw value in a file only its owner reads', async () => {
    await emulator.system('POST', 'secrets', { name: 'token', value: 'value', rawValue: raw });
    await emulator.deploy('keeper', {}, { image: 'probe:1', secrets: ['token'] });
    const file = `${emulator.state}/functions/keeper/secrets/token`;
    expect(readFileSync(file, 'utf8')).toBe('value\n');
    await emulator.system('PUT', 'secrets', { name: 'token', value: 'newer' });
    expect(readFileSync(file, 'utf8')).toBe('newer');
  });

  test('lists names, never values', async () => {
    const text = await (await emulator.system('GET', 'secrets')).text();
    expect(JSON.parse(text)).toEqual([{ name: 'token', namespace: 'openfaas-fn' }]);
  });

  test('creates once, updates and deletes what exists', async () => {
    const secret = { name: 'other', value: 'x' };
    const answers: number[] = [];
    for (const method of ['PUT', 'POST', 'POST', 'PUT', 'DELETE', 'DELETE']) {
      answers.push(await status(method, 'secrets', secret));
    }
    expect(answers).toEqual([404, 202, 409, 202, 202, 404]);
  });

  test('refuses a name that leaves its folder', async () => {
    expect(await status('POST', 'secrets', { name: '../processes.json', value: 'x' })).toBe(400);
  });
});

describe('/system/logs', () => {
  test('gives one object per line, the last ones on demand', async () => {
    await emulator.deploy('speaker', {}, { image: 'probe:1' });
    await fetch(`${emulator.gatewayUrl}/function/speaker/slow?ms=1`);
    await emulator.logged('speaker', 'slow 1 ended');
    const text = await (await emulator.system('GET', 'logs?name=speaker&tail=50')).text();
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { text: string });
    expect(lines.map((line) => line.text)).toContain('slow 1 ended');
    const last = await (await emulator.system('GET', 'logs?name=speaker&tail=1')).text();
    expect(last.trim().split('\n')).toHaveLength(1);
  });

  test('follows until the reader leaves', async () => {
    const answer = await emulator.system('GET', 'logs?name=speaker&tail=1&follow=true');
    await fetch(`${emulator.gatewayUrl}/function/speaker/slow?ms=2`);
    const decoder = new TextDecoder();
    let seen = '';
    const chunks: AsyncIterable<Uint8Array> = answer.body ?? Readable.from([]);
    for await (const chunk of chunks) {
      seen += decoder.decode(chunk);
      if (seen.includes('slow 2 ended')) break;
    }
    expect(seen).toContain('slow 2 begins');
  });

  test('knows no logs of an unknown function', async () => {
    expect(await status('GET', 'logs?name=nobody')).toBe(501);
  });
});
