import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect as dial,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';

import { listen } from '../http/server.ts';
import { until } from '../testing/test-emulator.ts';
import { superviseConnector } from './supervise.ts';
import { parseTopology } from './topology.ts';

const AMQP_URL = process.env['AMQP_URL'] ?? 'amqp://127.0.0.1:5672';
const EXCHANGE = `emulator-test-${process.pid}`;
const QUEUE = `OpenFaaS_${EXCHANGE}_rung`;

interface Received {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A way to the broker that can be cut. */
interface Wire {
  readonly url: string;
  readonly server: TcpServer;
  readonly cut: () => void;
}

let wire: Wire;
let broker: ChannelModel;
let channel: Channel;
let gateway: Server;
let stop: () => Promise<void>;
let reports: string[];
let calls: Received[];
/** How the gateway lists functions and how it answers calls; each test may change both. */
let list: (res: ServerResponse) => void;
let answer: (res: ServerResponse) => void;

beforeAll(async () => {
  broker = await connect(AMQP_URL);
  channel = await broker.createChannel();
  wire = await layWire();
});
afterAll(async () => {
  wire.server.close();
  await broker.close();
});

async function layWire(): Promise<Wire> {
  const url = new URL(AMQP_URL);
  const brokerPort = Number(url.port || 5672);
  const cuts = new Set<() => void>();
  const server = createTcpServer((near) => {
    const far = dial(brokerPort, url.hostname);
    const cut = (): void => void [near, far].map((socket) => socket.destroy());
    for (const socket of [near, far]) socket.on('error', cut).on('close', cut);
    near.pipe(far).pipe(near);
    cuts.add(cut);
  });
  url.port = String(await listen(server, 0));
  return { url: url.href, server, cut: () => cuts.forEach((cut) => cut()) };
}

beforeEach(async () => {
  reports = [];
  calls = [];
  list = (res) => res.end(JSON.stringify([{ name: 'bell', annotations: { topic: 'a, rung' } }]));
  answer = (res) => res.end();
  gateway = createServer((req, res) => void serve(req, res));
  const gatewayUrl = `http://127.0.0.1:${await listen(gateway, 0)}`;
  stop = superviseConnector({
    amqpUrl: wire.url,
    gatewayUrl,
    authorization: 'Basic c2VjcmV0',
    topology: parseTopology(`- {name: ${EXCHANGE}, topics: [rung], declare: true}`),
    mapRefreshMs: 50,
    report: (line) => void reports.push(line),
  });
  await until(() => reports.includes('consumes'));
});

afterEach(async () => {
  await stop();
  gateway.close();
  gateway.closeAllConnections();
  await channel.deleteQueue(QUEUE);
  await channel.deleteExchange(EXCHANGE);
});

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url === '/system/namespaces') res.end('["openfaas-fn"]');
  else if (req.url?.startsWith('/system/functions')) list(res);
  else {
    const body = Buffer.concat(await req.toArray()).toString();
    calls.push({ url: req.url ?? '', headers: req.headers, body });
    answer(res);
  }
}

const ring = (body: string, key = 'rung'): boolean =>
  channel.publish(EXCHANGE, key, Buffer.from(body), { contentType: 'text/bell' });

/** Messages in the queue that no consumer holds, once the broker has settled. */
async function waiting(): Promise<number> {
  return (await channel.checkQueue(QUEUE)).messageCount;
}

async function stopped(): Promise<number> {
  await stop();
  return waiting();
}

describe('the connector', () => {
  test('posts the bytes with the type and the credentials, and nothing else of the message', async () => {
    ring('hello');
    await until(() => calls.length === 1);
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = calls;
    expect([url, body]).toEqual(['/function/bell.openfaas-fn', 'hello']);
    expect(Object.keys(headers).sort()).toEqual([
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ]);
    expect(headers).toMatchObject({
      authorization: 'Basic c2VjcmV0',
      'content-type': 'text/bell',
      'user-agent': 'OpenFaaS - Rabbit MQ Connector',
    });
  });

  test('acknowledges at 200', async () => {
    ring('hello');
    await until(() => calls.length === 1);
    expect(await stopped()).toBe(0);
  });

  test.each([202, 204, 404, 429, 500])(
    'sends a message back at %d, again and again',
    async (code) => {
      answer = (res) => res.writeHead(code).end();
      ring('hello');
      await until(() => calls.length >= 3);
      expect(await stopped()).toBe(1);
    },
  );

  test('calls many at once', async () => {
    const held: ServerResponse[] = [];
    answer = (res) => void held.push(res);
    for (let sent = 0; sent < 50; sent += 1) ring('hello');
    await until(() => held.length === 50);
    expect(held).toHaveLength(50);
    for (const res of held) res.end();
  });

  test('acknowledges a topic without a function unheard', async () => {
    list = (res) => res.end('[]');
    await new Promise((resolve) => setTimeout(resolve, 200));
    ring('lost');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([calls.length, await stopped()]).toEqual([0, 0]);
  });

  test('loses messages while the gateway refuses the list', async () => {
    list = (res) => res.writeHead(401).end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    ring('lost');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([calls.length, await stopped()]).toEqual([0, 0]);
  });

  test('stops listening to a queue that held a foreign routing key', async () => {
    channel.sendToQueue(QUEUE, Buffer.from('foreign'));
    await until(() => reports.some((line) => line.includes('foreign routing key')));
    ring('unheard');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([calls.length, await waiting(), await stopped()]).toEqual([0, 0, 2]);
  });

  test('dies with its connection, cuts its calls off and starts again', async () => {
    const cut = Promise.withResolvers<boolean>();
    answer = (res) => res.once('close', () => cut.resolve(res.writableEnded));
    ring('hello');
    await until(() => calls.length === 1);
    answer = (res) => res.end();
    wire.cut();
    expect(await cut.promise).toBe(false);
    await until(() => calls.length === 2);
    expect(reports.filter((line) => line === 'consumes')).toHaveLength(2);
    expect(await stopped()).toBe(0);
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
    report: (line) => void seen.push(line),
  });
  await until(() => seen.some((line) => line.includes('starts again')));
  await end();
});
