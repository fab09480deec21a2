import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startConnectorGround, type ConnectorGround } from '../testing/connector-ground.ts';
import { until } from '../testing/test-emulator.ts';
import type { FlawCode } from './flaws.ts';

let ground: ConnectorGround;
beforeEach(async () => {
  ground = await startConnectorGround();
  await ground.consumes();
});
afterEach(() => ground.close());

const bodies = (): string[] => ground.calls.map(({ body }) => body);
const provoked = (code: FlawCode): Promise<void> => until(() => ground.flaws.happened(code) > 0);

/** Rings once more: what is lost is lost for good, and the next message is heard. */
async function onlyTheNextIsHeard(): Promise<void> {
  await ground.consumes();
  ground.ring('heard');
  await until(() => bodies().includes('heard'));
  expect(bodies()).toEqual(['heard']);
  expect(await ground.stopped()).toBe(0);
}

describe('a message is lost', () => {
  test('L1: it finds no function', async () => {
    ground.flaws.switchOn({ code: 'L1', times: 1 });
    ground.ring('lost');
    await provoked('L1');
    await onlyTheNextIsHeard();
  });

  test('L2: it is consumed before the first crawl', async () => {
    ground.flaws.switchOn({ code: 'L2', times: 1 });
    ground.ring('lost');
    await provoked('L2');
    expect(ground.status.starts).toBe(2);
    await onlyTheNextIsHeard();
  });

  test.each(['L3', 'L4'] as const)('%s: it comes while the map lacks its topic', async (code) => {
    ground.flaws.switchOn({ code, times: 5 });
    await until(() => ground.status.map?.has('rung') === false);
    ground.ring('lost');
    await until(() => ground.flaws.happened(code) === 5);
    await onlyTheNextIsHeard();
  });

  test('L5: the broker starts again without it', async () => {
    ground.flaws.switchOn({ code: 'L5', times: 1 });
    ground.ring('lost');
    await provoked('L5');
    await onlyTheNextIsHeard();
  });

  test('L6: its queue is not bound; it is again once somebody declares it', async () => {
    ground.flaws.switchOn({ code: 'L6', times: 1 });
    await provoked('L6');
    await sleep(100);
    ground.ring('lost');
    await ground.channel.bindQueue(ground.queue, ground.exchange, 'rung');
    await onlyTheNextIsHeard();
  });
});

describe('a message is heard twice', () => {
  test.each(['D1', 'D2', 'D3', 'D4', 'D5'] as const)('%s, and then is gone', async (code) => {
    ground.answer = (res) => res.writeHead(res.req.url?.includes('nobody') ? 404 : 200).end();
    ground.flaws.switchOn({ code, times: 1 });
    ground.ring('doubled');
    const heard = () => ground.calls.filter(({ url }) => url.includes('bell')).length;
    await until(() => heard() === 2);
    await sleep(100);
    expect([heard(), await ground.stopped()]).toEqual([2, 0]);
  });

  test('D1: the function sees its caller go while it still works', async () => {
    const left = Promise.withResolvers<boolean>();
    ground.answer = (res) => res.once('close', () => left.resolve(res.writableEnded));
    ground.flaws.switchOn({ code: 'D1', times: 1 });
    ground.ring('long');
    await until(() => ground.calls.length === 1);
    ground.answer = (res) => res.end();
    expect(await left.promise).toBe(false);
    await until(() => ground.calls.length === 2);
  });

  test('D6: it is sent five times in one delivery, and after that once more', async () => {
    ground.flaws.switchOn({ code: 'D6', times: 5 });
    ground.ring('repeated');
    await until(() => ground.calls.length === 6);
    expect(ground.reports.filter((line) => line.includes('requeued'))).toHaveLength(1);
    expect(await ground.stopped()).toBe(0);
  });

  test('D3: the connector dies in between and starts again', async () => {
    ground.flaws.switchOn({ code: 'D3', times: 1 });
    ground.ring('doubled');
    await until(() => ground.calls.length === 2);
    expect(ground.status.starts).toBe(2);
  });
});

describe('a message spins', () => {
  test.each([
    ['S1', '500'],
    ['S2', '429'],
    ['S3', 'no free connections'],
    ['S4', '401'],
    ['S5', '502'],
  ] as const)('%s: it comes back at once after %s, until the cause is gone', async (code, why) => {
    ground.flaws.switchOn({ code, times: 200 });
    const startedAt = performance.now();
    ground.ring('spun');
    await until(() => ground.calls.length === 1);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(ground.reports.filter((line) => line.includes(why))).toHaveLength(200);
    expect(await ground.stopped()).toBe(0);
  });
});

describe('the consumption stalls', () => {
  test.each([
    ['T1', 'foreign routing key'],
    ['T2', 'channel closed'],
    ['T3', 'deleted'],
  ] as const)('%s: nobody listens to the queue until the next start', async (code, why) => {
    ground.flaws.switchOn({ code, times: 1 });
    await until(() => ground.status.consumed.size === 0);
    expect(ground.reports.join('\n')).toContain(why);
    await ground.channel.assertQueue(ground.queue, { durable: false });
    await ground.channel.bindQueue(ground.queue, ground.exchange, 'rung');
    ground.ring('late');
    await sleep(1_200);
    expect([bodies(), ground.status.starts]).toEqual([[], 1]);

    ground.flaws.reset();
    await ground.consumes();
    await until(() => bodies().length === 1);
    expect([bodies(), await ground.stopped()]).toEqual([['late'], 0]);
  });
});

test('without a flaw nothing is lost, doubled or spun', async () => {
  for (let sent = 0; sent < 20; sent += 1) ground.ring(`bell ${sent}`);
  await until(() => ground.calls.length === 20);
  expect(new Set(bodies()).size).toBe(20);
  expect([ground.status.starts, await ground.stopped()]).toEqual([1, 0]);
});
