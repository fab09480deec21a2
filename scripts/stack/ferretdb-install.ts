import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentdbTree } from './documentdb.ts';
import { withLock } from './lock.ts';
import { endOrphans, markOf } from './orphans.ts';
import { findProgram, isProgram, run } from './programs.ts';
import { type Stack, type StackEnvironment, ownerOf } from './stack.ts';

export const FERRETDB_VERSION = '2.7.0';

const OWNER = 'ferretdb-install';

/** Debian's testing release has the extension; the machine's own release need not. */
const TREE_OPTIONS = [
  '--variant=apt',
  '--aptopt=Acquire::Check-Valid-Until "false"',
  ...['doc', 'man', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
  '--include=postgresql-18-documentdb',
];

export function ferretdbProgram(toolsDir: string): string {
  return join(toolsDir, `ferretdb-${FERRETDB_VERSION}`, 'ferretdb');
}

export function isFerretdbInstalled(toolsDir: string): boolean {
  return isProgram(ferretdbProgram(toolsDir)) && existsSync(documentdbTree(toolsDir));
}

/**
 * Builds FerretDB and makes the small Debian of its Postgres, side by side. Each appears under its
 * name when it is whole; what a killed attempt left is thrown away.
 */
export async function installFerretdb(stack: Stack): Promise<void> {
  await withLock(stack.toolsDir, async () => {
    await endOrphans(ownerOf(stack.toolsDir, OWNER));
    const parts = [ensureProgram(stack), ensureTree(stack)];
    await Promise.allSettled(parts);
    await Promise.all(parts);
  });
}

async function ensureProgram(stack: Stack): Promise<void> {
  const program = ferretdbProgram(stack.toolsDir);
  if (isProgram(program)) return;
  const go = findProgram('go', stack.env);
  if (!go) throw new Error('FerretDB is built by Go 1.21 or later, which is not on PATH');
  await stack.progress.step(`FerretDB: building ${FERRETDB_VERSION} by go install`, () =>
    makeWhole(dirname(program), (folder) =>
      run(go, ['install', `github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v${FERRETDB_VERSION}`], {
        env: { ...installEnvironment(stack), GOBIN: folder, GOTOOLCHAIN: 'auto' },
      }),
    ),
  );
}

async function ensureTree(stack: Stack): Promise<void> {
  const tree = documentdbTree(stack.toolsDir);
  if (existsSync(tree)) return;
  const problem = await stack.packages;
  const mmdebstrap = findProgram('mmdebstrap', stack.env);
  if (!mmdebstrap) throw new Error(`no mmdebstrap: ${problem ?? 'not on PATH'}`);
  await stack.progress.step('FerretDB: making its Postgres by mmdebstrap', () =>
    makeWhole(tree, (folder) =>
      run(mmdebstrap, [...TREE_OPTIONS, 'forky', folder], { env: installEnvironment(stack) }),
    ),
  );
}

async function makeWhole(path: string, make: (folder: string) => Promise<unknown>): Promise<void> {
  const partial = `${path}.partial`;
  await removeTree(partial);
  await make(partial);
  renameSync(partial, path);
}

/** Stays on one file system, should anything ever be mounted inside. */
async function removeTree(path: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', path]);
}

function installEnvironment(stack: Stack): StackEnvironment {
  return { ...stack.env, ...markOf(ownerOf(stack.toolsDir, OWNER)) };
}
