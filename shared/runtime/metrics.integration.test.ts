import { afterEach, describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import type { Closable } from './function.ts';
import { httpFunction } from './http.ts';
import { empty } from './http/answer.ts';
import type { Route } from './http/router.ts';
import { gauge } from './metrics/metric.ts';
import { once } from './once.ts';

const close = () => Promise.resolve();
const routes: Route<Closable>[] = [
  { method: 'GET', path: '/{id}', handle: () => Promise.resolve(empty()) },
  { method: 'POST', path: '/', handle: () => Promise.reject(new AppError('conflict')) },
];

let served: ServedFunction | undefined;
afterEach(() => served?.close());

async function serve(deps: Closable = { close }) {
  served = await serveFunction(
    httpFunction(
      once(() => Promise.resolve(deps)),
      routes,
    ),
  );
  const { url } = served;
  return {
    call: (path: string, method = 'GET') => fetch(`${url}${path}`, { method }),
    metrics: async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/_/metrics`, { headers });
      return { response, lines: (await response.text()).split('\n') };
    },
  };
}

describe('GET /_/metrics', () => {
  test('counts requests by route and class of status, never by what was sent', async () => {
    const { call, metrics } = await serve();
    await call('/ada');
    await call('/bob?token=secret');
    await call('/', 'POST');
    await call('/no/such/place', 'PATCH');

    const { response, lines } = await metrics();

    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(lines).toEqual(
      expect.arrayContaining([
        'v2m_requests_total{method="GET",route="/{id}",status="2xx"} 2',
        'v2m_requests_total{method="POST",route="/",status="4xx"} 1',
        'v2m_requests_total{method="none",route="none",status="4xx"} 1',
        'v2m_request_seconds_count{method="GET",route="/{id}"} 2',
        'v2m_errors_total{code="conflict"} 1',
        'v2m_errors_total{code="not_found"} 1',
        'v2m_requests_in_flight 1',
      ]),
    );
    expect(lines.join('\n')).not.toMatch(/ada|bob|secret|such/);
  });

  test('tells of the process', async () => {
    const { lines } = await (await serve()).metrics();
    for (const name of ['resident_memory_bytes', 'cpu_seconds_total', 'start_time_seconds']) {
      expect(lines.some((line) => new RegExp(`^process_${name} [\\d.e+]+$`).test(line))).toBe(true);
    }
  });

  test('tells what the function itself counts', async () => {
    const depth = gauge({ name: 'v2m_depth', help: 'Depth.' }, () => [{ labels: {}, value: 7 }]);
    const { metrics } = await serve({ close, metrics: () => Promise.resolve([depth]) });
    expect((await metrics()).lines).toContain('v2m_depth 7');
  });

  test('tells the rest where the figures of the function cannot be read', async () => {
    const { metrics } = await serve({ close, metrics: () => Promise.reject(new Error('down')) });
    const { response, lines } = await metrics();
    expect(response.status).toBe(200);
    expect(lines).toContain('v2m_requests_in_flight 1');
  });

  test.each(['x-start-time', 'x-forwarded-host'])(
    'is not there for a call that came by the gateway, which sets %s',
    async (name) => {
      const { response, lines } = await (await serve()).metrics({ [name]: '1' });
      expect(response.status).toBe(404);
      expect(lines.join('\n')).not.toContain('v2m_');
    },
  );
});
