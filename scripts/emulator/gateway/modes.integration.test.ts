import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { Mode } from '../mode.ts';
import { startTestEmulator, until, type TestEmulator } from '../testing/test-emulator.ts';

const sent = {
  ...{ service: 'probe', image: 'probe:1', envProcess: 'node index.js' },
  ...{ envVars: { e: 'f' }, labels: { c: 'd' }, annotations: { a: 'b' } },
  ...{ limits: { memory: '128Mi', cpu: '100m' }, requests: { memory: '64Mi' } },
  ...{ constraints: ['disk=ssd'], secrets: [], readOnlyRootFilesystem: true },
};
const { service: name, image, envProcess, annotations, labels } = sent;
const always = { name, image, envProcess, namespace: 'openfaas-fn', replicas: 1 };
const createdAt: unknown = expect.stringMatching(/^\d{4}-.*Z$/u);

describe.each<{ mode: Mode } & Record<'accepted' | 'absentScale' | 'absentSecret', number>>([
  { mode: 'kubernetes', accepted: 202, absentScale: 500, absentSecret: 404 },
  { mode: 'faasd', accepted: 200, absentScale: 404, absentSecret: 500 },
])('the API in mode $mode', ({ mode, accepted, absentScale, absentSecret }) => {
  let emulator: TestEmulator;
  const answers = async (...calls: [method: string, path: string, body: unknown][]) => {
    const statuses: number[] = [];
    for (const call of calls) statuses.push((await emulator.system(...call)).status);
    return statuses;
  };
  const read = async (path: string): Promise<unknown> =>
    (await emulator.system('GET', path)).json();

  beforeAll(async () => {
    emulator = await startTestEmulator({ mode });
  });
  afterAll(() => emulator.close());

  test(`answers changes of functions with ${accepted}, and 404 where there is none`, async () => {
    const put = ['PUT', 'functions', sent] as const;
    expect(await answers([...put], ['POST', 'functions', sent], [...put])).toEqual([
      404,
      accepted,
      accepted,
    ]);
    const scaled = { serviceName: 'probe', replicas: 1 };
    expect(
      await answers(
        ['POST', 'scale-function/probe', scaled],
        ['POST', 'scale-function/nobody', scaled],
        ['DELETE', 'functions', { functionName: 'nobody' }],
      ),
    ).toEqual([accepted, absentScale, 404]);
  });

  test('has no body in what it accepts', async () => {
    const answer = await emulator.system('PUT', 'functions', sent);
    expect([answer.status, await answer.text()]).toEqual([accepted, '']);
  });

  test('tells of a function what its provider tells', async () => {
    const status = {
      kubernetes: {
        ...{ ...always, createdAt, limits: sent.limits, requests: sent.requests },
        labels: { ...labels, faas_function: 'probe' },
        annotations: { ...annotations, 'prometheus.io.scrape': 'false' },
        readOnlyRootFilesystem: true,
      },
      faasd: {
        ...{ ...always, createdAt, labels, annotations, envVars: sent.envVars },
        limits: { memory: '128Mi' },
      },
    }[mode];
    await until(async () => JSON.stringify(await read('function/probe')).includes('available'));
    expect(await read('function/probe')).toEqual({ ...status, availableReplicas: 1 });
    const listed = mode === 'kubernetes' ? { ...status, availableReplicas: 1 } : status;
    expect(await read('functions')).toEqual([listed]);
  });

  test('counts invocations in the list only', async () => {
    const listed = async () => JSON.stringify(await read('functions'));
    await emulator.system('GET', 'info');
    await fetch(`${emulator.gatewayUrl}/function/probe/status?code=204`);
    await until(async () => (await listed()).includes('"invocationCount":1'));
    expect(await read('function/probe')).not.toHaveProperty('invocationCount');
  });

  test('tells what the processes use, when asked', async () => {
    expect(await read('function/probe')).not.toHaveProperty('usage');
    const usage = async () => {
      const status = (await read('function/probe?usage=1')) as {
        usage?: { cpu: number; totalMemoryBytes: number };
      };
      return status.usage ?? { cpu: 0, totalMemoryBytes: 0 };
    };
    await until(async () => (await usage()).cpu > 0);
    expect((await usage()).totalMemoryBytes).toBeGreaterThan(10_000_000);
  });

  test('creates, updates and removes secrets as its provider does', async () => {
    const secret = { name: 'token', value: 'x' };
    const calls = ['PUT', 'DELETE', 'POST', 'POST', 'PUT', 'DELETE', 'DELETE'].map(
      (method): [string, string, unknown] => [method, 'secrets', secret],
    );
    const expected = {
      kubernetes: [404, 404, 202, 409, 202, 202, absentSecret],
      faasd: [200, 200, 200, 200, 200, 200, absentSecret],
    }[mode];
    expect(await answers(...calls)).toEqual(expected);
  });

  test('knows one namespace', async () => {
    expect(await read('namespaces')).toEqual(['openfaas-fn']);
    const body = { name: 'other', labels: { a: 'b' } };
    const calls = ['GET', 'POST', 'PUT', 'DELETE'].flatMap(
      (method): [string, string, unknown][] => [
        [method, 'namespace/openfaas-fn', method === 'GET' ? undefined : body],
        [method, 'namespace/other', method === 'GET' ? undefined : body],
      ],
    );
    const expected = {
      kubernetes: [501, 501, 405, 405, 405, 405, 405, 405],
      faasd: [200, 404, 400, 400, 200, 404, 400, 404],
    }[mode];
    expect(await answers(...calls)).toEqual(expected);
  });

  test('info names the provider', async () => {
    const names = {
      kubernetes: { provider: 'faas-netes', orchestration: 'kubernetes' },
      faasd: { provider: 'faasd', orchestration: 'containerd' },
    }[mode];
    expect(await read('info')).toMatchObject({ provider: names });
  });
});
