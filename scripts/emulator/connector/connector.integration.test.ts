import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startConnectorGround, type ConnectorGround } from '../testing/connector-ground.ts';
import { until } from '../testing/test-emulator.ts';
import { FlawSwitches } from './flaw-switches.ts';
import { newStatus } from './status.ts';
import { superviseConnector } from './supervise.ts';

describe('the connector', () => {
  let ground: ConnectorGround;
  beforeEach(async () => {
    ground = await startConnectorGround();
    await ground.consumes();
  });
  afterEach(() => ground.close());

  test('posts the bytes with the type and the credentials, and nothing else of the message', async () => {
    ground.ring('hello');
    await until(() => ground.calls.length === 1);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = ground.calls;
    expect([url, body]).toEqual(['/function/bell.openfaas-fn', 'hello']);
    expect(headers).toEqual({
      authorization: 'Basic c2VjcmV0',
      'content-encoding': '',
      'content-length': '5',
      'content-type': 'text/bell',
      host: expect.any(String),
      'user-agent': 'OpenFaaS - Rabbit MQ Connector',
    });
  });

  test('passes the encoding on, and calls bytes without a type what they are', async () => {
    ground.channel.publish(ground.exchange, 'rung', Buffer.from('x'), { contentEncoding: 'utf-8' });
    await until(() => ground.calls.length === 1);
    expect(ground.calls[0]?.headers).toMatchObject({
      'content-encoding': 'utf-8',
      'content-type': 'application/octet-stream',
    });
  });

  test('declares a queue that is no more durable than its exchange, without arguments', async () => {
    const { channel, queue } = ground;
    await expect(
      channel.assertQueue(queue, { durable: false, arguments: {} }),
    ).resolves.toMatchObject({ queue });
  });

  test('acknowledges at 200', async () => {
    ground.ring('hello');
    await until(() => ground.calls.length === 1);
    expect(await ground.stopped()).toBe(0);
  });

  test.each([201, 202, 204, 404, 429, 500])(
    'sends a message back at %d, again and again',
    async (code) => {
      ground.answer = (res) => res.writeHead(code).end();
      ground.ring('hello');
      await until(() => ground.calls.length >= 3);
      expect(await ground.stopped()).toBe(1);
    },
  );

  test('posts up to five times where the peer closes without a word, then sends back', async () => {
    const answers: string[] = [];
    ground.answer = (res) => {
      answers.push(ground.calls.length <= 6 ? 'closed' : 'heard');
      if (answers.at(-1) === 'closed') res.socket?.end();
      else res.end();
    };
    ground.ring('hello');
    await until(() => answers.includes('heard'));
    expect(ground.reports.filter((line) => line.includes('requeued'))).toHaveLength(1);
    expect(await ground.stopped()).toBe(0);
  });

  test('calls many at once', async () => {
    const held: ServerResponse[] = [];
    ground.answer = (res) => void held.push(res);
    for (let sent = 0; sent < 50; sent += 1) ground.ring('hello');
    await until(() => held.length === 50);
    expect(held).toHaveLength(50);
    for (const res of held) res.end();
  });

  test('sends call number 257 back at once', async () => {
    const held: ServerResponse[] = [];
    ground.answer = (res) => void held.push(res);
    for (let sent = 0; sent < 257; sent += 1) ground.ring('hello');
    await until(() => ground.reports.some((line) => line.includes('no free connections')));
    expect(held.length).toBeLessThanOrEqual(256);
    ground.answer = (res) => res.end();
    for (const res of held) res.end();
    await until(async () => ground.calls.length >= 257 && (await ground.waiting()) === 0);
  });

  test('acknowledges a topic without a function unheard', async () => {
    ground.list = (res) => res.end('[]');
    await until(() => ground.status.map?.size === 0);
    ground.ring('lost');
    await sleep(200);
    expect([ground.calls.length, await ground.stopped()]).toEqual([0, 0]);
  });

  test.each([
    ['refuses the list', (res: ServerResponse) => res.writeHead(401).end()],
    ['sends no list', (res: ServerResponse) => res.end('not JSON')],
  ])('loses messages while the gateway %s, and no more afterwards', async (_, failing) => {
    const { list } = ground;
    ground.list = failing;
    await until(() => ground.status.map?.size === 0);
    ground.ring('lost');
    await sleep(200);
    expect(ground.calls).toEqual([]);

    ground.list = list;
    await ground.consumes();
    ground.ring('heard');
    await until(() => ground.calls.length === 1);
    expect([ground.calls[0]?.body, await ground.stopped()]).toEqual(['heard', 0]);
  });

  test('calls the functions of a topic in their order, and stops at the first failure', async () => {
    const names = ['first', 'second', 'third'];
    const listed = names.map((name) => ({ name, annotations: { topic: 'rung' } }));
    ground.list = (res) => res.end(JSON.stringify(listed));
    ground.answer = (res) => res.writeHead(ground.calls.length === 2 ? 500 : 200).end();
    await until(() => ground.status.map?.get('rung')?.length === 3);
    ground.ring('hello');
    await until(() => ground.calls.length === 5);
    const called = ground.calls.map(({ url }) => url.replace('/function/', '').split('.')[0]);
    expect(called).toEqual(['first', 'second', 'first', 'second', 'third']);
  });

  test('stops listening to a queue that held a foreign routing key', async () => {
    ground.channel.sendToQueue(ground.queue, Buffer.from('foreign'));
    await until(() => ground.reports.some((line) => line.includes('foreign routing key')));
    ground.ring('unheard');
    await sleep(200);
    expect([...ground.status.consumed]).toEqual([]);
    expect([ground.calls.length, await ground.waiting(), await ground.stopped()]).toEqual([
      0, 0, 2,
    ]);
  });

  test('dies with its connection, cuts its calls off and starts again', async () => {
    const cut = Promise.withResolvers<boolean>();
    ground.answer = (res) => res.once('close', () => cut.resolve(res.writableEnded));
    ground.ring('hello');
    await until(() => ground.calls.length === 1);
    ground.answer = (res) => res.end();
    ground.cut();
    expect(await cut.promise).toBe(false);
    await until(() => ground.calls.length === 2);
    expect(ground.status.starts).toBe(2);
    expect(await ground.stopped()).toBe(0);
  });
});

test('without a broker it dies and tries again until it is stopped', async () => {
  const seen: string[] = [];
  const end = superviseConnector({
    amqpUrl: 'amqp://127.0.0.1:1',
    gatewayUrl: 'http://127.0.0.1:1',
    authorization: '',
    topology: [],
    mapRefreshMs: 50,
    flaws: new FlawSwitches([]),
    status: newStatus(),
    report: (line) => void seen.push(line),
  });
  await until(() => seen.some((line) => line.includes('starts again')));
  await end();
}, 30_000);
