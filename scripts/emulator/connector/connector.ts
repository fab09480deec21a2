/**
 * The RabbitMQ connector as one process would live it: connects (three tries), declares, consumes,
 * and ends when the broker goes away. Its supervisor starts it again; see supervise.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { connect, type ChannelModel } from 'amqplib';

import { createFunctionCaller } from './call-function.ts';
import { consumeTopic } from './consumer.ts';
import type { FlawSwitches } from './flaw-switches.ts';
import { loseWaiting, strike, type OpenExchange } from './flawed-broker.ts';
import { withFlawedCalls, withFlawedLists } from './flawed-calls.ts';
import type { FlawCode } from './flaws.ts';
import { keepMap } from './keep-map.ts';
import type { ConnectorStatus } from './status.ts';
import { queueName, type Exchange } from './topology.ts';

const CONNECT_PAUSES_MS = [1_000, 3_000];
const CONNECT_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;

export interface ConnectorOptions {
  readonly amqpUrl: string;
  readonly gatewayUrl: string;
  /** The value of the Authorization header, sent to the gateway and to every function. */
  readonly authorization: string;
  readonly topology: readonly Exchange[];
  readonly mapRefreshMs: number;
  readonly flaws: FlawSwitches;
  readonly status: ConnectorStatus;
  readonly report: (line: string) => void;
}

/** Resolves when the signal ends it, rejects when the real one would have panicked. */
export async function runConnector(options: ConnectorOptions, signal: AbortSignal): Promise<void> {
  const { status, report } = options;
  const life = new AbortController();
  const alive = AbortSignal.any([signal, life.signal]);
  const { promise: death, reject } = Promise.withResolvers<never>();
  const die = (reason: Error): void => {
    life.abort();
    reject(reason);
  };
  status.starts += 1;
  status.map = undefined;
  void keepMap(options, alive);
  try {
    const connection = await connectWithRetries(options.amqpUrl, signal);
    const consuming = consumeAll(connection, options, { alive, die }).then(() => {
      report('consumes');
      return aborted(signal);
    });
    await Promise.race([lost(connection), death, aborted(signal), consuming]).finally(() => {
      status.consumed.clear();
      return close(connection);
    });
  } finally {
    life.abort();
  }
}

/** A broker that does not answer must not keep us from ending. */
async function close(connection: ChannelModel): Promise<void> {
  const timeUp = sleep(CLOSE_WITHIN_MS, undefined, { ref: false });
  await Promise.race([connection.close().catch(() => undefined), timeUp]);
}

async function connectWithRetries(url: string, signal: AbortSignal): Promise<ChannelModel> {
  for (const pauseMs of CONNECT_PAUSES_MS) {
    try {
      return await connect(url, { timeout: CONNECT_WITHIN_MS });
    } catch {
      await sleep(pauseMs, undefined, { signal });
    }
  }
  return connect(url, { timeout: CONNECT_WITHIN_MS });
}

interface Life {
  readonly alive: AbortSignal;
  readonly die: (reason: Error) => void;
}

/** All queues are declared before the first is consumed. One consumer per topic. */
async function consumeAll(
  connection: ChannelModel,
  options: ConnectorOptions,
  { alive, die }: Life,
): Promise<void> {
  const { topology, flaws, status, report } = options;
  const open: OpenExchange[] = [];
  for (const exchange of topology) open.push(await openExchange(connection, exchange, report));
  await loseWaiting(open, flaws, alive);
  const log = status.calls;
  const losesAnswer = () => flaws.take('D6');
  const caller = createFunctionCaller({ ...options, log, losesAnswer }, alive);
  const call = withFlawedCalls(caller, flaws, die);
  const functionsOf = withFlawedLists(status, flaws);
  const { consumed } = status;
  // From the first consumer on, somebody may see that it listens and switch them on.
  onFlaw(flaws, alive, (code) => {
    if (code === 'L2' || code === 'L5') die(new Error(`to provoke ${code}`));
  });
  for (const { channel, exchange } of open) {
    for (const topic of exchange.topics) {
      await consumeTopic({ channel, exchange, topic, functionsOf, call, alive, consumed, report });
    }
  }
  strike(open, flaws);
  onFlaw(flaws, alive, () => strike(open, flaws));
}

/** One channel per exchange; its errors are only told. */
async function openExchange(
  connection: ChannelModel,
  exchange: Exchange,
  report: (line: string) => void,
): Promise<OpenExchange> {
  const { name, type, durable, autoDelete } = exchange;
  const channel = await connection.createChannel();
  channel.on('error', (error) => report(`channel of ${name}: ${error.message}`));
  if (exchange.declare) await channel.assertExchange(name, type, { durable, autoDelete });
  for (const topic of exchange.topics) {
    const queue = queueName(exchange, topic);
    await channel.assertQueue(queue, { durable, autoDelete, exclusive: false });
    await channel.bindQueue(queue, name, topic);
  }
  return { exchange, channel };
}

function onFlaw(flaws: FlawSwitches, alive: AbortSignal, provoke: (code: FlawCode) => void): void {
  flaws.changes.on('on', provoke);
  alive.addEventListener('abort', () => flaws.changes.off('on', provoke), { once: true });
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
