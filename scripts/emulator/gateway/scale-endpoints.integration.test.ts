import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startTestEmulator, until, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
const replicasOf = async (name: string): Promise<number> =>
  ((await (await emulator.system('GET', `function/${name}`)).json()) as { replicas: number })
    .replicas;
const scale = (name: string, body: object): Promise<Response> =>
  emulator.system('POST', `scale-function/${name}`, body);

beforeAll(async () => {
  emulator = await startTestEmulator();
  await emulator.deploy('probe');
});
afterAll(() => emulator.close());

describe('/system/scale-function', () => {
  test.each([
    [3, 3],
    [9, 5],
    [0, 1],
  ])('%i wanted, %i given', async (wanted, given) => {
    expect((await scale('probe', { serviceName: 'probe', replicas: wanted })).status).toBe(202);
    expect(await replicasOf('probe')).toBe(given);
  });

  test('takes no number for none, and no word for a number', async () => {
    expect((await scale('probe', {})).status).toBe(202);
    expect((await scale('probe', { replicas: 'many' })).status).toBe(400);
    expect(await replicasOf('probe')).toBe(1);
  });

  test('calls every replica in turn', async () => {
    await scale('probe', { replicas: 2 });
    const seen = new Set<string>();
    await until(async () => {
      const answer = await fetch(`${emulator.gatewayUrl}/function/probe/info`);
      if (answer.ok) seen.add(((await answer.json()) as { env: { port: string } }).env.port);
      return seen.size === 2;
    });
    await scale('probe', { replicas: 1 });
  });
});

describe('/system/alert', () => {
  const alert = async (status: string, functionName: string): Promise<number> => {
    const labels = { alertname: 'APIHighInvocationRate', function_name: functionName };
    const body = { status, receiver: 'scale-up', alerts: [{ status, labels }] };
    return (await emulator.system('POST', 'alert', body)).status;
  };

  test('adds a replica while firing and goes back to the least when resolved', async () => {
    expect(await alert('firing', 'probe.openfaas-fn')).toBe(200);
    expect(await replicasOf('probe')).toBe(2);
    expect(await alert('firing', 'probe')).toBe(200);
    expect(await replicasOf('probe')).toBe(3);
    expect(await alert('resolved', 'probe.openfaas-fn')).toBe(200);
    expect(await replicasOf('probe')).toBe(1);
  });

  test('fails for a function that is not there, and for what is no alert', async () => {
    expect(await alert('firing', 'nobody.openfaas-fn')).toBe(500);
    expect((await emulator.system('POST', 'alert', {})).status).toBe(400);
  });
});

describe('the metrics', () => {
  test('tell invocations, their durations and replicas, on a port of their own', async () => {
    await (await fetch(`${emulator.gatewayUrl}/function/probe/status?code=204`)).text();
    const labels = 'code="204",function_name="probe.openfaas-fn"';
    const read = async (): Promise<string> => (await fetch(emulator.metricsUrl)).text();
    await until(async () => (await read()).includes(labels));
    const lines = (await read()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE gateway_functions_seconds histogram',
        `gateway_functions_seconds_bucket{${labels},le="+Inf"} 1`,
        `gateway_functions_seconds_count{${labels}} 1`,
        `gateway_function_invocation_total{${labels}} 1`,
        '# TYPE gateway_service_count gauge',
        'gateway_service_count{function_name="probe.openfaas-fn"} 1',
      ]),
    );
    expect((await fetch(`${emulator.gatewayUrl}/metrics`)).status).toBe(404);
  });
});
