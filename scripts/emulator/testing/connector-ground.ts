import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect as dial,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { connect, type Channel } from 'amqplib';

import { FlawSwitches } from '../connector/flaw-switches.ts';
import type { FlawSetting } from '../connector/flaws.ts';
import { newStatus, type ConnectorStatus } from '../connector/status.ts';
import { superviseConnector } from '../connector/supervise.ts';
import { parseTopology } from '../connector/topology.ts';
import { listen } from '../http/server.ts';
import { until } from './test-emulator.ts';

const AMQP_URL = process.env['AMQP_URL'] ?? 'amqp://127.0.0.1:5672';
const EXCHANGE = `emulator-test-${process.pid}`;
const QUEUE = `OpenFaaS_${EXCHANGE}_rung`;
const SETTLED_MS = 300;

export interface Received {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A connector on a real broker, and a gateway that answers as the test says. */
export interface ConnectorGround {
  readonly exchange: string;
  readonly queue: string;
  readonly channel: Channel;
  readonly flaws: FlawSwitches;
  readonly status: ConnectorStatus;
  readonly reports: readonly string[];
  /** What was posted to functions. */
  readonly calls: readonly Received[];
  /** How the gateway lists functions and how it answers calls; a test may change both. */
  list: (res: ServerResponse) => void;
  answer: (res: ServerResponse) => void;
  /** Publishes as a publisher does, under the topic. */
  readonly ring: (body: string) => void;
  /** Messages in the queue that no consumer holds. */
  readonly waiting: () => Promise<number>;
  /** The same, once the connector has ended and let go of what it held. */
  readonly stopped: () => Promise<number>;
  /** Cuts the connector's way to the broker. */
  readonly cut: () => void;
  /** Resolves when the connector listens again and knows its functions. */
  readonly consumes: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startConnectorGround(
  settings: readonly FlawSetting[] = [],
): Promise<ConnectorGround> {
  const broker = await connect(AMQP_URL);
  const channel = await broker.createChannel();
  const wire = await layWire();
  const reports: string[] = [];
  const calls: Received[] = [];
  const gateway = createServer((req, res) => void serve(ground, calls, req, res));
  const flaws = new FlawSwitches(settings);
  const status = newStatus();
  const stop = superviseConnector({
    amqpUrl: wire.url,
    gatewayUrl: `http://127.0.0.1:${await listen(gateway, 0)}`,
    authorization: 'Basic c2VjcmV0',
    topology: parseTopology(`- {name: ${EXCHANGE}, topics: [rung], declare: true}`),
    mapRefreshMs: 100,
    flaws,
    status,
    report: (line) => void reports.push(line),
  });
  const waiting = async (): Promise<number> => (await channel.checkQueue(QUEUE)).messageCount;
  const ground: ConnectorGround = {
    exchange: EXCHANGE,
    queue: QUEUE,
    channel,
    flaws,
    status,
    reports,
    calls,
    list: (res) => res.end(JSON.stringify([{ name: 'bell', annotations: { topic: 'a, rung' } }])),
    answer: (res) => res.end(),
    ring: (body) => {
      channel.publish(EXCHANGE, 'rung', Buffer.from(body), { contentType: 'text/bell' });
    },
    waiting,
    stopped: async () => {
      // A call that was heard is acknowledged a moment later.
      await sleep(SETTLED_MS);
      await stop();
      return waiting();
    },
    cut: wire.cut,
    consumes: () => until(() => status.consumed.has(QUEUE) && status.map?.has('rung') === true),
    close: async () => {
      await stop();
      closeServers(gateway, wire.server);
      await channel.deleteQueue(QUEUE);
      await channel.deleteExchange(EXCHANGE);
      await broker.close();
    },
  };
  return ground;
}

async function serve(
  ground: ConnectorGround,
  calls: Received[],
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.url?.startsWith('/system/') && req.headers.authorization !== 'Basic c2VjcmV0') {
    res.writeHead(401).end();
  } else if (req.url === '/system/namespaces') res.end('["openfaas-fn"]');
  else if (req.url?.startsWith('/system/functions')) ground.list(res);
  else {
    const body = Buffer.concat(await req.toArray()).toString();
    calls.push({ url: req.url ?? '', headers: req.headers, body });
    ground.answer(res);
  }
}

function closeServers(gateway: Server, wire: TcpServer): void {
  gateway.close();
  gateway.closeAllConnections();
  wire.close();
}

/** A way to the broker that can be cut. */
async function layWire(): Promise<{ url: string; server: TcpServer; cut: () => void }> {
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
