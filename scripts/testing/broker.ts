import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Channel, connect } from 'amqplib';
import { queueName, type Topic, topics } from '#shared/contracts/events';
import { toolsDir } from '../platform/up.ts';
import { PortBook } from '../stack/ports.ts';
import { Progress } from '../stack/progress.ts';
import { environmentOf } from '../stack/process-table.ts';
import { findRabbitmqScripts, startRabbitmq } from '../stack/rabbitmq.ts';
import { endRecorded, readRecord } from '../stack/records.ts';
import { withoutServers } from './environment.ts';
import { serverProcess } from './servers.ts';
import { service } from './service.ts';

/** Whether RabbitMQ was started for these tests: one that was given by an address is not ours. */
export function isBrokerOurs(): boolean {
  return readRecord(service.root, 'rabbitmq')?.process !== undefined;
}

/** Ends the RabbitMQ of the tests. */
export async function stopBroker(): Promise<void> {
  const record = readRecord(service.root, 'rabbitmq');
  if (record === undefined) throw new Error('RabbitMQ is not running');
  await endRecorded(service.root, record);
}

/** Starts it again with its data, at the same address. */
export async function startBroker(): Promise<void> {
  const { root, amqpUrl } = service;
  const { address } = await startRabbitmq({
    root,
    toolsDir,
    install: false,
    env: withoutServers(),
    ports: new PortBook(root),
    progress: new Progress({ report: () => undefined }),
    started: [],
    packages: Promise.resolve(undefined),
  });
  if (address !== amqpUrl) throw new Error('RabbitMQ came back at another address');
}

/** How many messages of a topic wait for a consumer, asked past every proxy. */
export function messagesWaiting(topic: Topic): Promise<number> {
  return withChannel(async (channel) => (await channel.checkQueue(queueName(topic))).messageCount);
}

/** Empties all queues. */
export async function purgeQueues(): Promise<void> {
  await withChannel(async (channel) => {
    for (const topic of topics) await channel.purgeQueue(queueName(topic));
  });
}

/** Does the work under a memory alarm: no message is taken while everything looks connected. */
export async function underAlarm<T>(work: () => Promise<T>): Promise<T> {
  await rabbitmqctl('set_vm_memory_high_watermark', '0');
  try {
    return await work();
  } finally {
    await rabbitmqctl('set_vm_memory_high_watermark', '0.4');
  }
}

/** With the environment of the node itself, which says where it is and by which cookie. */
async function rabbitmqctl(...args: readonly string[]): Promise<void> {
  const scripts = findRabbitmqScripts(process.env);
  if (scripts === undefined) throw new Error('rabbitmqctl is not installed');
  const environment = environmentOf(serverProcess('rabbitmq').pid).map((entry) => {
    const [name = '', ...value] = entry.split('=');
    return [name, value.join('=')] as const;
  });
  const env = Object.fromEntries(environment.filter(([name]) => isOfNode(name)));
  await promisify(execFile)(join(scripts, 'rabbitmqctl'), args, { env });
}

function isOfNode(name: string): boolean {
  return ['HOME', 'LANG', 'PATH', 'ERL_EPMD_PORT'].includes(name) || name.startsWith('RABBITMQ_');
}

/** Does some work on a channel of its own to the broker, past every proxy. */
export async function withChannel<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
  const connection = await connect(service.amqpUrl);
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}
