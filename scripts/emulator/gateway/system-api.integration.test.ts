import { readdirSync, readFileSync } from 'node:fs';

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

  test.each(['nothing', 'alert', 'telemetry', 'namespace/openfaas-fn'])(
    'asks for credentials at /system/%s, too',
    async (path) => {
      expect((await fetch(`${emulator.gatewayUrl}/system/${path}`)).status).toBe(401);
    },
  );

  test('has no telemetry, as a provider without it', async () => {
    expect(await status('GET', 'telemetry')).toBe(404);
  });

  test('info holds the three objects the CLI dereferences', async () => {
    expect(await (await emulator.system('GET', 'info')).json()).toMatchObject({
      provider: { version: { release: expect.any(String) } },
      version: { release: expect.any(String) },
    });
  });
});

describe('a foreign namespace', () => {
  test.each([
    ['GET', 'functions?namespace=other', undefined, 400],
    ['GET', 'function/probe?namespace=other', undefined, 400],
    ['GET', 'secrets?namespace=other', undefined, 400],
    ['GET', 'logs?name=probe&namespace=other', undefined, 501],
    ['POST', 'functions', { ...deployment, namespace: 'other' }, 400],
    ['PUT', 'functions', { ...deployment, namespace: 'other' }, 400],
    ['DELETE', 'functions', { functionName: 'probe', namespace: 'other' }, 400],
    ['POST', 'scale-function/probe', { replicas: 1, namespace: 'other' }, 400],
    ['POST', 'secrets', { name: 'token', value: 'x', namespace: 'other' }, 400],
    ['DELETE', 'secrets', { name: 'token', namespace: 'other' }, 400],
  ])('is refused: %s %s', async (method, path, body, refused) => {
    expect(await status(method, path, body)).toBe(refused);
  });

  test('the only one is taken by its name', async () => {
    expect(await status('GET', 'functions?namespace=openfaas-fn')).toBe(200);
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

  test('names what it misses: a name, an image, a function to remove', async () => {
    const bodies = [{ image: 'probe:1' }, { service: 'probe' }];
    for (const body of bodies) expect(await status('POST', 'functions', body)).toBe(400);
    expect(await status('DELETE', 'functions', {})).toBe(400);
  });

  test('refuses a sixteenth function, and takes it when one has gone', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `crowd-${index}`);
    const crowded = await startTestEmulator();
    const create = async (service: string): Promise<number> =>
      (await crowded.system('POST', 'functions', { ...deployment, service })).status;
    const answers: number[] = [];
    for (const name of names) answers.push(await create(name));
    expect(answers).toEqual([...Array.from({ length: 15 }, () => 202), 400]);
    await crowded.system('DELETE', 'functions', { functionName: 'crowd-0' });
    expect(await create('crowd-15')).toBe(202);
    await crowded.close();
  }, 20_000);

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
    const revisions = `${emulator.state}/functions/keeper`;
    const file = `${revisions}/${readdirSync(revisions)[0] ?? ''}/secrets/token`;
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
