import { execFile } from 'node:child_process';
import { mkdirSync, rmdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { toolsDir } from '../platform/up.ts';
import { documentdbData } from '../stack/documentdb.ts';
import { readRecord } from '../stack/records.ts';
import { service } from './service.ts';

const run = promisify(execFile);
const tablespace = 'small_disk';
const spareBytes = 32 * 1024 ** 2;

/** A disk that holds the chunks of all files and nothing else, and that is small. */
export interface SmallDisk {
  /** Leaves so many bytes free; what is written beyond finds no space. */
  fill(bytesLeft: number): Promise<void>;
  /** Gives the space back. */
  free(): void;
  /** Moves the chunks back to where they were. */
  remove(): Promise<void>;
}

/**
 * Moves the chunks of the GridFS server of the tests to a tmpfs of their own, and the server's log
 * stays where it is. Needs the right to mount, and the server that the tests start: FerretDB on
 * Postgres.
 */
export async function moveToSmallDisk(): Promise<SmallDisk> {
  const data = documentdbData({ root: service.root, toolsDir });
  const folder = `${data}.${tablespace}`;
  const filler = join(folder, 'filler');
  const tables = await inDocumentdb((client) => chunkTables(client));
  await mountTmpfs(folder, data, sum(tables.map(({ bytes }) => bytes)) + spareBytes);
  // Inside the tree in which that Postgres lives, this is the path.
  const location = join('/var/lib', basename(dirname(folder)), basename(folder));
  await inDocumentdb(async (client) => {
    await client.query(`CREATE TABLESPACE ${tablespace} LOCATION '${location}'`);
    await closeGaps(client, tables);
    await moveTables(client, tables, tablespace);
  });
  return {
    async fill(bytesLeft) {
      const { bavail, bsize } = statfsSync(folder);
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)));
    },
    free: () => rmSync(filler, { force: true }),
    async remove() {
      rmSync(filler, { force: true });
      await inDocumentdb(async (client) => {
        await moveTables(client, tables, 'pg_default');
        await client.query(`DROP TABLESPACE ${tablespace}`);
      });
      await run('umount', [folder]);
      rmdirSync(folder);
    },
  };
}

interface Table {
  readonly name: string;
  readonly bytes: number;
}

async function chunkTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT name, pg_total_relation_size(name)::float8 AS bytes
    FROM (SELECT 'documentdb_data.documents_' || collection_id AS name
      FROM documentdb_api_catalog.collections
      WHERE database_name = 'video_to_mp3' AND collection_name LIKE '%.chunks') AS tables`);
  return rows;
}

/** Those that deleted chunks left: they would be free space on a full disk. */
async function closeGaps(client: pg.Client, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) await client.query(`VACUUM FULL ${name}`);
}

async function moveTables(client: pg.Client, tables: readonly Table[], to: string): Promise<void> {
  for (const { name } of tables) await client.query(`ALTER TABLE ${name} SET TABLESPACE ${to}`);
}

/** A disk for whoever owns `owned`. What a run that was killed left mounted goes first. */
async function mountTmpfs(folder: string, owned: string, bytes: number): Promise<void> {
  await run('umount', [folder]).catch(() => undefined);
  mkdirSync(folder, { recursive: true });
  const { uid, gid } = statSync(owned);
  const options = `size=${bytes},mode=700,uid=${uid},gid=${gid}`;
  await run('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]);
}

async function inDocumentdb<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const address = readRecord(service.root, 'documentdb')?.address;
  if (address === undefined) throw new Error('the GridFS server is not a FerretDB of ours');
  const client = new pg.Client({ connectionString: address, ssl: false });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
