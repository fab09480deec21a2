import { existsSync } from 'node:fs';
import { aptLine, canInstallPackages } from './apt.ts';
import { NoWayError, givenAddress } from './choice.ts';
import { documentdbData } from './documentdb.ts';
import { messageOf } from './errors.ts';
import { startFerretdb } from './ferretdb.ts';
import { installFerretdb, isFerretdbInstalled } from './ferretdb-install.ts';
import { reuseOrStart } from './launch.ts';
import {
  downloadMongod,
  findDownloadedMongod,
  rememberNoDownload,
  whyNoDownload,
} from './mongod-download.ts';
import { startMongod } from './mongod.ts';
import { findProgram } from './programs.ts';
import type { RunRecord } from './records.ts';
import type { Stack } from './stack.ts';

/** Which MongoDB-compatible server, decided before anything is installed. */
export type MongodbPlan =
  | { way: 'given' }
  | { way: 'mongod'; program: string; how: string }
  | { way: 'download' }
  | { way: 'ferretdb'; why: string; installed: boolean };

export type MongodbMachine = Pick<Stack, 'root' | 'toolsDir' | 'install' | 'env'>;

/** Data once written stay with the server that wrote them, whatever else appears later. */
export async function planMongodb(stack: MongodbMachine): Promise<MongodbPlan> {
  if (stack.env['MONGODB_URI']) return { way: 'given' };
  const installed = isFerretdbInstalled(stack.toolsDir);
  if (installed && existsSync(documentdbData(stack))) {
    return { way: 'ferretdb', why: 'it wrote the data of this stack', installed };
  }
  const onPath = findProgram('mongod', stack.env);
  if (onPath) return { way: 'mongod', program: onPath, how: `program on PATH (${onPath})` };
  const program = await findDownloadedMongod(stack.toolsDir);
  if (program) return { way: 'mongod', program, how: `downloaded before (${program})` };
  if (installed) return { way: 'ferretdb', why: 'installed before, no mongod on PATH', installed };
  return planInstallation(stack);
}

async function planInstallation(stack: MongodbMachine): Promise<MongodbPlan> {
  if (!stack.install) throw noMongodb(['downloads and installations: forbidden by --no-install']);
  const noDownload = await whyNoDownload(stack.toolsDir);
  if (noDownload === undefined) return { way: 'download' };
  return { way: 'ferretdb', why: `no mongod on PATH; ${noDownload}`, installed: false };
}

export async function startMongodb(stack: Stack, plan: MongodbPlan): Promise<RunRecord> {
  switch (plan.way) {
    case 'given':
      return givenMongodb(stack);
    case 'mongod':
      return reuseOrStart(stack, 'mongodb', () => startMongod(stack, plan.program, plan.how));
    case 'download':
      return startDownloaded(stack);
    case 'ferretdb':
      if (!plan.installed) await installOrExplain(stack, plan.why);
      return startFerretdb(stack, plan.why);
  }
}

async function givenMongodb(stack: Stack): Promise<RunRecord> {
  const given = await givenAddress(stack, 'mongodb', 'MONGODB_URI');
  if (!given) throw new TypeError('MONGODB_URI was planned with and is gone');
  return given;
}

async function startDownloaded(stack: Stack): Promise<RunRecord> {
  let program: string;
  try {
    program = await stack.progress.step('MongoDB: downloading', () => downloadMongod(stack));
  } catch (error) {
    const why = `no mongod on PATH; ${rememberNoDownload(stack.toolsDir, error)}`;
    return startMongodb(stack, { way: 'ferretdb', why, installed: false });
  }
  const how = `downloaded by npm package mongodb-memory-server-core (${program})`;
  return reuseOrStart(stack, 'mongodb', () => startMongod(stack, program, how));
}

async function installOrExplain(stack: Stack, why: string): Promise<void> {
  if (!canInstallPackages(stack.env)) {
    throw noMongodb([why, 'FerretDB: its packages need Debian or Ubuntu, and root']);
  }
  try {
    await installFerretdb(stack);
  } catch (error) {
    throw noMongodb([why, `FerretDB: ${messageOf(error)}`]);
  }
}

function noMongodb(tried: string[]): NoWayError {
  return new NoWayError(
    'MongoDB',
    ['MONGODB_URI: not set', 'mongod: not on PATH', ...tried],
    ['docker compose up', `as root on Debian or Ubuntu: ${aptLine(['mmdebstrap'])}`],
  );
}
