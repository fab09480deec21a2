/**
 * The RabbitMQ connector as one process would live it: connects (three tries), consumes, and ends
 * when the broker goes away. Its supervisor starts it again; see supervise.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { connect, type ChannelModel } from 'amqplib';

import { createFunctionCaller } from './call-function.ts';
import { consumeTopic } from './consumer.ts';
import { crawlTopics, probeNamespaces, type TopicMap } from './topic-map.ts';
import type { Exchange } from './topology.ts';

const CONNECT_TRIES = 3;
const RETRY_MS = 1_000;
const CONNECT_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;

export interface ConnectorOptions {
  readonly amqpUrl: string;
  readonly gatewayUrl: string;
  /** The value of the Authorization header, sent to the gateway and to every function. */
  readonly authorization: string;
  readonly topology: readonly Exchange[];
  readonly mapRefreshMs: number;
  readonly report: (line: string) => void;
}

/** Resolves when the signal ends it, rejects when the real one would have panicked. */
export async function runConnector(options: ConnectorOptions, signal: AbortSignal): Promise<void> {
  const life = new AbortController();
  const alive = AbortSignal.any([signal, life.signal]);
  const map = keepMap(options, alive);
  try {
    const connection = await connectWithRetries(options.amqpUrl, signal);
    const consuming = consumeAll(connection, options, map, alive).then(() => {
      options.report('consumes');
      return aborted(signal);
    });
    await Promise.race([lost(connection), consuming]).finally(() => close(connection));
  } finally {
    life.abort();
  }
}

/** A broker that does not answer must not keep us from ending. */
async function close(connection: ChannelModel): Promise<void> {
  const timeUp = sleep(CLOSE_WITHIN_MS, undefined, { ref: false });
  await Promise.race([connection.close().catch(() => undefined), timeUp]);
}

/** Refreshed for as long as the signal allows; the first crawl is not waited for. */
function keepMap(options: ConnectorOptions, alive: AbortSignal): () => TopicMap {
  let map: TopicMap = new Map();
  const refresh = async (): Promise<void> => {
    const namespaces = await probeNamespaces(options).catch(() => []);
    while (!alive.aborted) {
      map = await crawlTopics(options, namespaces);
      await sleep(options.mapRefreshMs, undefined, { signal: alive }).catch(() => undefined);
    }
  };
  void refresh();
  return () => map;
}

async function connectWithRetries(url: string, signal: AbortSignal): Promise<ChannelModel> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect(url, { timeout: CONNECT_WITHIN_MS });
    } catch (error) {
      if (attempt === CONNECT_TRIES || signal.aborted) throw error;
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One channel per exchange, one consumer per topic. */
async function consumeAll(
  connection: ChannelModel,
  { topology, gatewayUrl, authorization, report }: ConnectorOptions,
  currentMap: () => TopicMap,
  alive: AbortSignal,
): Promise<void> {
  const caller = createFunctionCaller(gatewayUrl, authorization, alive);
  for (const exchange of topology) {
    const channel = await connection.createChannel();
    channel.on('error', (error) => report(`channel of ${exchange.name}: ${error.message}`));
    const { name, type, durable, autoDelete } = exchange;
    if (exchange.declare) await channel.assertExchange(name, type, { durable, autoDelete });
    for (const topic of exchange.topics) {
      await consumeTopic({ channel, exchange, topic, currentMap, caller, report });
    }
  }
}

function lost(connection: ChannelModel): Promise<never> {
  return new Promise((_resolve, reject) => {
    connection.on('error', () => undefined);
    connection.once('close', (error?: Error) => {
      reject(error ?? new Error('the broker closed the connection'));
    });
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
