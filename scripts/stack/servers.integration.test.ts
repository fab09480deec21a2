import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { type Collection, MongoClient } from 'mongodb';
import pg from 'pg';
import { withoutServers } from '../testing/environment.ts';
import { processStartTime } from './processes.ts';
import { listRecords, readRecord } from './records.ts';
import { resetStack } from './reset.ts';
import { type ServerAddresses, type Servers, startServers, stopServers } from './servers.ts';
import { stackStatus } from './status.ts';

const toolsDir = resolve('.local/tools');
const roots: string[] = [];

function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'stack-test-'));
  chmodSync(root, 0o755);
  roots.push(root);
  return root;
}

function start(root: string, lines: string[] = []): Promise<Servers> {
  const report = (line: string): void => void lines.push(line);
  return startServers({ root, toolsDir, install: true, report, env: withoutServers() });
}

afterAll(async () => {
  for (const root of roots) {
    await resetStack(root, toolsDir);
    rmSync(root, { recursive: true, force: true });
  }
}, 60_000);

describe('startServers', () => {
  const root = newRoot();
  let first: Servers;
  beforeAll(async () => {
    first = await start(root);
  }, 300_000);

  test('answers with servers that all serve', async () => {
    await remember(first.addresses, 'begin');
    expect(await recall(first.addresses)).toEqual({ postgres: 1, mongodb: 1, rabbitmq: 1 });
    expect((await stackStatus(root)).filter(({ up }) => !up)).toEqual([]);
  });

  test('listens on loopback only', () => {
    const listening = first.pids.flatMap(listeningAddresses);
    expect(listening.length).toBeGreaterThanOrEqual(first.pids.length);
    expect(listening.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
  });

  test('lets only the owner read records and passwords', () => {
    const files = ['run/postgres.json', 'passwords/postgres', 'data/rabbitmq/.erlang.cookie'];
    expect(files.map((file) => modeOf(join(root, file)))).toEqual(['600', '600', '600']);
  });

  test('reuses what runs, and a start that started nothing stops nothing', async () => {
    const lines: string[] = [];
    const second = await start(root, lines);
    await second.stop();
    expect(second.started).toEqual([]);
    expect(second.addresses).toEqual(first.addresses);
    expect(lines.filter((line) => line.startsWith('RabbitMQ'))).toEqual([
      expect.stringContaining('running already'),
    ]);
    expect(await recall(first.addresses)).toEqual({ postgres: 1, mongodb: 1, rabbitmq: 1 });
  });

  test('two stacks on one machine do not meet', async () => {
    const neighbour = await start(newRoot());
    await remember(neighbour.addresses, 'neighbour');
    await remember(neighbour.addresses, 'neighbour again');
    expect(await recall(neighbour.addresses)).toEqual({ postgres: 2, mongodb: 2, rabbitmq: 2 });
    await neighbour.stop();
    expect(await recall(first.addresses)).toEqual({ postgres: 1, mongodb: 1, rabbitmq: 1 });
  }, 120_000);

  test('keeps data and addresses over a stop', async () => {
    await first.stop();
    expect(first.pids.filter(isRunning)).toEqual([]);
    const again = await start(root);
    expect(again.addresses).toEqual(first.addresses);
    expect(await recall(again.addresses)).toEqual({ postgres: 1, mongodb: 1, rabbitmq: 1 });
  }, 120_000);

  test('ends servers whose records were lost, and keeps data over kill -9', async () => {
    const before = listRecords(root).flatMap(({ process }) => process?.pid ?? []);
    for (const name of ['postgres', 'documentdb', 'rabbitmq']) killRecorded(root, name);
    rmSync(join(root, 'run'), { recursive: true });
    const again = await start(root);
    expect(before.filter(isRunning)).toEqual([]);
    expect(await recall(again.addresses)).toEqual({ postgres: 1, mongodb: 1, rabbitmq: 1 });
    await stopServers(root);
    expect(again.pids.filter(isRunning)).toEqual([]);
  }, 120_000);
});

describe('startServers with an address in the environment', () => {
  test('refuses one where nothing answers before it starts anything', async () => {
    const root = newRoot();
    const env = { ...withoutServers(), DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/x' };
    const starting = startServers({ root, toolsDir, install: true, report: () => undefined, env });
    await expect(starting).rejects.toThrow(
      'DATABASE_URL is postgres://someone:***@127.0.0.1:1/x, where nothing answers',
    );
    expect(listRecords(root)).toEqual([]);
  });
});

const LOOPBACK = ['0100007F', '00000000000000000000000001000000'];

/** Local addresses, in the hexadecimal of /proc/net, on which a process listens. */
function listeningAddresses(pid: number): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && links.includes(`socket:[${fields[9] ?? ''}]`))
    .map((fields) => fields[1]?.split(':')[0] ?? '');
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function isRunning(pid: number): boolean {
  return processStartTime(pid) !== undefined;
}

function killRecorded(root: string, name: string): void {
  const pid = readRecord(root, name)?.process?.pid;
  if (pid === undefined) throw new Error(`${name} has no recorded process`);
  process.kill(pid, 'SIGKILL');
}

/** Leaves one fact in each server. */
async function remember(addresses: ServerAddresses, fact: string): Promise<void> {
  await withPostgres(addresses.databaseUrl, async (client) => {
    await client.query('create table if not exists facts (fact text)');
    await client.query('insert into facts values ($1)', [fact]);
  });
  await withMongodb(addresses.mongodbUri, (facts) => facts.insertOne({ fact }));
  const broker = await connect(addresses.amqpUrl);
  const channel = await broker.createConfirmChannel();
  await channel.assertQueue('facts', { durable: true });
  channel.sendToQueue('facts', Buffer.from(fact), { persistent: true });
  await channel.waitForConfirms();
  await broker.close();
}

/** How many facts each server holds. */
async function recall(addresses: ServerAddresses): Promise<Record<string, number>> {
  const broker = await connect(addresses.amqpUrl);
  const channel = await broker.createChannel();
  const { messageCount } = await channel.checkQueue('facts');
  await broker.close();
  return {
    postgres: await withPostgres(addresses.databaseUrl, async (client) => {
      const { rowCount } = await client.query('select fact from facts');
      return rowCount ?? 0;
    }),
    mongodb: await withMongodb(addresses.mongodbUri, (facts) => facts.countDocuments()),
    rabbitmq: messageCount,
  };
}

async function withPostgres<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function withMongodb<T>(uri: string, work: (facts: Collection) => Promise<T>): Promise<T> {
  const client = new MongoClient(uri);
  try {
    return await work(client.db().collection('facts'));
  } finally {
    await client.close();
  }
}
