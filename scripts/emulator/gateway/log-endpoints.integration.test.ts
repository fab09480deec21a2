import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';

const HOUR_MS = 3_600_000;
const WRITE_TIMEOUT_MS = 2_000;
const timeouts = {
  readTimeoutMs: HOUR_MS,
  writeTimeoutMs: WRITE_TIMEOUT_MS,
  upstreamTimeoutMs: HOUR_MS,
  providerTimeoutMs: HOUR_MS,
};
let emulator: TestEmulator;

beforeAll(async () => {
  emulator = await startTestEmulator({ timeouts });
  await emulator.deploy('probe');
  await speak(1);
});
afterAll(() => emulator.close());

async function speak(ms: number): Promise<void> {
  await fetch(`${emulator.gatewayUrl}/function/probe/slow?ms=${ms}`);
  await emulator.logged('probe', `slow ${ms} ended`);
}

interface Line {
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
}

async function lines(query: string): Promise<Line[]> {
  const text = (await (await emulator.system('GET', `logs?${query}`)).text()).trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line);
}

describe('/system/logs', () => {
  test('gives one object per line', async () => {
    const answer = await emulator.system('GET', 'logs?name=probe');
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const found = (await lines('name=probe')).find(({ text }) => text === 'slow 1 ended');
    expect(found).toEqual({
      ...{ name: 'probe', namespace: 'openfaas-fn', text: 'slow 1 ended' },
      instance: expect.stringMatching(/^probe-\d+-[0-9a-f]{6}$/u),
      timestamp: expect.stringMatching(/Z$/u),
    });
  });

  test('gives the last lines on demand', async () => {
    expect(await lines('name=probe&tail=1')).toEqual((await lines('name=probe')).slice(-1));
  });

  test('gives the lines of one replica on demand', async () => {
    const all = await lines('name=probe');
    const instance = all[0]?.instance ?? '';
    expect(await lines(`name=probe&instance=${instance}`)).toEqual(all);
    expect(await lines('name=probe&instance=another')).toEqual([]);
  });

  test('follows, line by line, until the reader leaves', async () => {
    const answer = await emulator.system('GET', 'logs?name=probe&tail=1&follow=true');
    await speak(2);
    const decoder = new TextDecoder();
    let seen = '';
    const chunks: AsyncIterable<Uint8Array> = answer.body ?? Readable.from([]);
    for await (const chunk of chunks) {
      seen += decoder.decode(chunk);
      if (seen.includes('slow 2 ended')) break;
    }
    expect(seen).toContain('slow 2 begins');
  });

  test("is cut at the gateway's write timeout", async () => {
    const begun = performance.now();
    const answer = await emulator.system('GET', 'logs?name=probe&follow=true');
    await expect(answer.text()).rejects.toThrow();
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(WRITE_TIMEOUT_MS - 100);
    expect(took).toBeLessThan(WRITE_TIMEOUT_MS + 2_000);
  });

  test.each([
    ['name=nobody', 501],
    ['', 501],
    ['name=probe&since=yesterday', 422],
    ['name=probe&tail=few', 422],
  ])('refuses %s with %i', async (query, status) => {
    expect((await emulator.system('GET', `logs?${query}`)).status).toBe(status);
  });
});
