import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BellEvent, knockHeader, type Topic } from '#shared/contracts/events';
import { createFakeEvents } from '#shared/testing/tokens.fake';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import { eventFunction } from './event.ts';
import { once } from './once.ts';

const events = createFakeEvents();
const bell: BellEvent = {
  v: 1,
  type: 'video_uploaded',
  jobId: '0190a8f0-0000-7000-8000-000000000001',
};

let heard: BellEvent[];
let written: Topic[];
let served: ServedFunction;
beforeEach(async () => {
  heard = [];
  written = [];
  const hearing = { heard: (topic: Topic) => Promise.resolve(void written.push(topic)) };
  const wake = (event: BellEvent) => void heard.push(event);
  const close = () => Promise.resolve();
  const deps = once(() => Promise.resolve({ events, wake, hearing, close }));
  served = await serveFunction(eventFunction(deps));
});
afterEach(() => served.close());

const ring = (body: string, headers: Record<string, string> = {}) =>
  fetch(served.url, { method: 'POST', body, headers });

describe('eventFunction', () => {
  test('answers a bell of ours 200 at once and wakes the work (C1, C2, I12)', async () => {
    const started = Date.now();
    const response = await ring(await events.sign(bell), { 'content-type': 'application/jose' });
    expect(response.status).toBe(200);
    expect(Date.now() - started).toBeLessThan(500);
    expect(heard).toEqual([bell]);
  });

  test('writes down that the connector is alive, for a bell that it brought (14)', async () => {
    await ring(await events.sign(bell));
    expect(written).toEqual(['video_uploaded']);
  });

  test('writes nothing down for a bell that the sweep brought past it (14)', async () => {
    await ring(await events.sign(bell), { [knockHeader]: 'sweep' });
    expect(heard).toEqual([bell]);
    expect(written).toEqual([]);
  });

  test('writes nothing down for a bell that nobody signed (33)', async () => {
    await ring('{"v":1}');
    expect(written).toEqual([]);
  });

  test('takes the same bell twice: state decides, not the bell (35)', async () => {
    const body = await events.sign(bell);
    expect((await Promise.all([ring(body), ring(body)])).map(({ status }) => status)).toEqual([
      200, 200,
    ]);
  });

  test('needs no header, whatever a connector sends (openfaas.md §7)', async () => {
    const headers = { 'content-type': 'text/plain', authorization: 'Basic YTpi' };
    expect((await ring(await events.sign(bell), headers)).status).toBe(200);
  });

  test.each([
    ['a forged body (33)', '{"v":1}', {}],
    ['nothing', '', {}],
    ['too much', 'x'.repeat(20_000), {}],
    ['what calls itself compressed (36)', 'x', { 'content-encoding': 'gzip' }],
  ])('answers %s with 401 after a second and does nothing (34)', async (_, body, headers) => {
    const started = Date.now();
    const response = await ring(body, headers);
    expect(response.status).toBe(401);
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
    expect(heard).toEqual([]);
  });

  test('keeps at most 50 of them waiting (34)', async () => {
    const started = Date.now();
    const times = await Promise.all(
      Array.from({ length: 60 }, async () => {
        await ring('forged');
        return Date.now() - started;
      }),
    );
    expect(times.filter((ms) => ms < 900)).toHaveLength(10);
  });
});
