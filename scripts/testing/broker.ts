import { toolsDir } from '../platform/up.ts';
import { PortBook } from '../stack/ports.ts';
import { Progress } from '../stack/progress.ts';
import { startRabbitmq } from '../stack/rabbitmq.ts';
import { endRecorded, readRecord } from '../stack/records.ts';
import { withoutServers } from './environment.ts';
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
