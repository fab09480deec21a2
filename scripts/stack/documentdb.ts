import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { launch } from './launch.ts';
import { markOf } from './orphans.ts';
import { removeStalePid } from './postgres-data.ts';
import { run } from './programs.ts';
import type { RunRecord } from './records.ts';
import { type Stack, ownerOf, stackId } from './stack.ts';

const NAME = 'documentdb';
/** By its path on Debian and Ubuntu: a root that came by `su` has no sbin in PATH. */
const CHROOT = '/usr/sbin/chroot';
const BIN = '/usr/lib/postgresql/18/bin';

/*
 * The Postgres behind FerretDB runs by chroot in a small Debian of its own, whose packages fit each
 * other whatever this machine has. Its data lie inside that tree, one folder for each stack: a bind
 * mount would stay behind when a start is killed.
 */

/** The tree that `installDocumentdb` makes. */
export function documentdbTree(toolsDir: string): string {
  return join(toolsDir, 'documentdb-rootfs');
}

/** This stack's data, as this machine sees them. */
export function documentdbData(stack: Pick<Stack, 'root' | 'toolsDir'>): string {
  return join(documentdbTree(stack.toolsDir), dataInside(stack.root));
}

/** Postgres 18 with the DocumentDB extension, for FerretDB only. */
export async function startDocumentdb(stack: Stack): Promise<RunRecord> {
  await initData(stack);
  removeStalePid(documentdbData(stack));
  const port = await stack.ports.pick(NAME);
  const address = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return launch(stack, {
    name: NAME,
    how: 'Postgres 18 with DocumentDB, for FerretDB',
    address,
    command: CHROOT,
    args: inside(stack, 'postgres', serverOptions(dataInside(stack.root), port)),
    stopSignal: 'SIGINT',
    answers: () => ensureExtension(address),
    withinMs: 60_000,
  });
}

async function initData(stack: Stack): Promise<void> {
  const data = documentdbData(stack);
  if (existsSync(data)) return;
  const partial = `${data}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true, mode: 0o755 });
  const { uid, gid } = postgresUserOf(documentdbTree(stack.toolsDir));
  chownSync(partial, uid, gid);
  const options = [
    '-D',
    `${dataInside(stack.root)}.partial`,
    '--auth=trust',
    '--no-locale',
    '--encoding=UTF8',
  ];
  await run(CHROOT, inside(stack, 'initdb', options), {
    env: { ...stack.env, ...markOf(ownerOf(stack.root, NAME)) },
  });
  renameSync(partial, data);
}

function inside(stack: Stack, program: string, args: string[]): string[] {
  const tree = documentdbTree(stack.toolsDir);
  return ['--userspec=postgres:postgres', tree, join(BIN, program), ...args];
}

function dataInside(root: string): string {
  return `/var/lib/video-to-mp3/${stackId(root)}`;
}

/** The extension's background jobs find their database by `cron.database_name`. */
function serverOptions(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb',
    'cron.database_name': 'postgres',
    max_connections: '200',
  };
  return [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

async function ensureExtension(address: string): Promise<void> {
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: 3_000,
    ssl: false,
  });
  await client.connect();
  try {
    await client.query('create extension if not exists documentdb cascade');
  } finally {
    await client.end();
  }
}

/** Ids as the tree knows them: its `postgres` is not this machine's. */
function postgresUserOf(tree: string): { uid: number; gid: number } {
  const lines = readFileSync(join(tree, 'etc/passwd'), 'utf8').split('\n');
  const fields = lines.find((line) => line.startsWith('postgres:'))?.split(':');
  if (!fields) throw new Error(`${tree} has no user postgres`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
