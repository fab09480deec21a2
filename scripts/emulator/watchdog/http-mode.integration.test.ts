import { request } from 'node:http';

import { afterEach, describe, expect, test } from '@jest/globals';

import { until } from '../testing/test-emulator.ts';
import { closeTestWatchdogs, startProbe, startTestWatchdog } from '../testing/test-watchdog.ts';

afterEach(closeTestWatchdogs);

interface Seen {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly env: Record<string, string>;
}

const seenAt = async (url: string, init: RequestInit = {}): Promise<Seen> =>
  (await (await fetch(url, init)).json()) as Seen;
const noFlaw = (): undefined => undefined;

describe('mode http', () => {
  test('passes path, query and the Host of the caller', async () => {
    const { url, port } = await startProbe();
    const seen = await seenAt(`${url}/info?a=b`);
    expect(seen.url).toBe('/info?a=b');
    expect(seen.headers['host']).toBe(`127.0.0.1:${port}`);
  });

  test('tells the function its own variables and the watchdog’s port', async () => {
    const { url, port } = await startProbe({ own: 'mine' });
    const { env } = await seenAt(`${url}/info`);
    expect(env).toMatchObject({ own: 'mine', port: String(port) });
  });

  test('answers with X-Duration-Seconds', async () => {
    const { url } = await startProbe();
    const { headers } = await fetch(`${url}/info`);
    expect(headers.get('x-duration-seconds')).toMatch(/^\d+\.\d{6}$/u);
  });

  test('is an empty 500 when nobody listens, with health and the headers of the watchdog', async () => {
    const { url } = await startTestWatchdog({
      mode: 'http',
      fprocess: 'sleep 60',
      upstream_url: 'http://127.0.0.1:1',
    });
    const [answer, health] = await Promise.all([fetch(url), fetch(`${url}/_/health`)]);
    expect([answer.status, await answer.text(), health.status]).toEqual([500, '', 200]);
    expect(answer.headers.get('x-openfaas-internal')).toBe('of-watchdog');
    expect(answer.headers.get('x-duration-seconds')).not.toBeNull();
  });

  test('is an empty 504 after exec_timeout, and says so in the log', async () => {
    const { url, logged } = await startProbe({ exec_timeout: '300ms' });
    const answer = await fetch(`${url}/slow?ms=1002`);
    expect([answer.status, await answer.text()]).toEqual([504, '']);
    expect(answer.headers.get('x-openfaas-internal')).toBe('of-watchdog');
    await logged('Upstream HTTP killed due to exec_timeout: 300ms');
  });

  test.each([
    ['shortens exec_timeout', '200ms', 504],
    ['does not lengthen it', '1h', 504],
    ['takes it away at 0', '0s', 200],
  ])('X-Timeout %s', async (_rule, timeout, status) => {
    const { url } = await startProbe({ exec_timeout: '400ms' });
    const answer = await fetch(`${url}/slow?ms=800`, { headers: { 'X-Timeout': timeout } });
    await answer.text();
    expect(answer.status).toBe(status);
  });

  test('http_buffer_req_body holds the body until it is whole, and still sends it in chunks', async () => {
    const { url, lines } = await startProbe({ http_buffer_req_body: 'true' });
    const seen = await seenAt(`${url}/info`, { method: 'POST', body: 'text' });
    expect(seen.headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    const client = request(`${url}/slow?ms=3`, { method: 'POST' }).on('error', noFlaw);
    client.write('begun');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(lines).not.toContain('slow 3 begins');
    client.end('ended');
    await until(() => lines.includes('slow 3 begins'));
  });

  test('does not buffer unless told', async () => {
    const { url, lines } = await startProbe();
    const client = request(`${url}/slow?ms=3`, { method: 'POST' }).on('error', noFlaw);
    client.write('begun');
    await until(() => lines.includes('slow 3 begins'));
    client.destroy();
  });

  test('counts on a port of its own what was served, refused requests too', async () => {
    const { url, metricsPort } = await startProbe({ max_inflight: '1' });
    const metrics = `http://127.0.0.1:${metricsPort}`;
    const first = fetch(`${url}/slow?ms=500`);
    await until(async () =>
      (await (await fetch(`${metrics}/metrics`)).text()).includes('http_requests_in_flight 1'),
    );
    const second = await fetch(`${url}/info`, { method: 'PUT' });
    expect(await second.text()).toBe(
      'Concurrent request limit exceeded. Max concurrent requests: 1\n',
    );
    expect(second.headers.get('content-type')).toBe('text/plain');
    await (await first).text();
    const text = await (await fetch(`${metrics}/metrics`)).text();
    expect(text).toContain('http_requests_total{code="429",method="put"} 1');
    expect(text).toMatch(/http_requests_total\{code="200",method="get"\} \d/u);
    expect((await fetch(`${metrics}/other`)).status).toBe(404);
  });

  test('log_callid adds the call id, or none', async () => {
    const { url, logged } = await startProbe({ log_callid: 'true' });
    await (await fetch(`${url}/info?a`, { headers: { 'X-Call-Id': 'id-1' } })).text();
    await (await fetch(`${url}/info?b`)).text();
    await logged('s) [id-1]');
    await logged('s) [none]');
  });

  test('prefix_logs puts day, second and stream before a line', async () => {
    const { url, lines } = await startProbe({ prefix_logs: 'true' });
    await (await fetch(`${url}/slow?ms=4`)).text();
    const line = lines.find((one) => one.includes('slow 4 begins'));
    expect(line).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d stdout: slow 4 begins$/u);
  });

  test('logs each request, but not the kubelet’s', async () => {
    const { url, lines, logged } = await startProbe();
    await (await fetch(`${url}/info?k`, { headers: { 'User-Agent': 'kube-probe/1' } })).text();
    await (await fetch(`${url}/info?u`)).text();
    await logged('GET /info?u - 200 OK - ContentLength: ');
    expect(lines.filter((line) => line.includes('/info?k'))).toEqual([]);
  });
});

describe('mode http, for a reader of events', () => {
  const events = { headers: { Accept: 'application/x-ndjson' } };

  test('knows no exec_timeout and no X-Duration-Seconds, and names the caller', async () => {
    const { url } = await startProbe({ exec_timeout: '200ms' });
    const answer = await fetch(`${url}/slow?ms=500`, events);
    expect([answer.status, await answer.text()]).toEqual([200, 'done\n']);
    expect(answer.headers.get('x-duration-seconds')).toBeNull();
    const { headers } = await seenAt(`${url}/info`, events);
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  test('is an empty 200 when nobody listens', async () => {
    const { url } = await startTestWatchdog({
      mode: 'http',
      fprocess: 'sleep 60',
      upstream_url: 'http://127.0.0.1:1',
    });
    const answer = await fetch(url, events);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('health and readiness', () => {
  test('both are for GET only', async () => {
    const { url } = await startProbe();
    for (const path of ['health', 'ready']) {
      expect((await fetch(`${url}/_/${path}`, { method: 'POST' })).status).toBe(405);
      expect((await fetch(`${url}/_/${path}`)).status).toBe(200);
    }
  });

  test('ready is what the function answers at ready_path, body and all', async () => {
    const { url } = await startProbe({ ready_path: '/status?code=418' });
    expect((await fetch(`${url}/_/ready`)).status).toBe(418);
  });

  test('suppress_lock leaves it unhealthy for ever, though it serves', async () => {
    const { url } = await startProbe({ suppress_lock: 'true' });
    const statuses = await Promise.all(
      ['_/health', '_/ready', 'info'].map(async (path) => (await fetch(`${url}/${path}`)).status),
    );
    expect(statuses).toEqual([503, 503, 200]);
  });
});
