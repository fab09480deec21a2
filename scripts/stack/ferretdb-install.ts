import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allOrEveryReason } from './errors.ts';
import { makeTree, removeTree } from './debian-tree.ts';
import { documentdbTree } from './documentdb.ts';
import { buildHere, buildInTree, findGo } from './go-build.ts';
import { withLock } from './lock.ts';
import { endOrphans, markOf } from './orphans.ts';
import { findProgram, isProgram } from './programs.ts';
import { type Stack, type StackEnvironment, ownerOf } from './stack.ts';

export const FERRETDB_VERSION = '2.7.0';

const MODULE = `github.com/FerretDB/FerretDB/v2/cmd/ferretdb@v${FERRETDB_VERSION}`;
const OWNER = 'ferretdb-install';

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
    await allOrEveryReason([ensureProgram(stack), ensureTree(stack)]);
  });
}

async function ensureProgram(stack: Stack): Promise<void> {
  const folder = dirname(ferretdbProgram(stack.toolsDir));
  if (existsSync(folder)) return;
  const partial = `${folder}.partial`;
  await removeTree(partial);
  const build = { module: MODULE, folder: partial, env: installEnvironment(stack) };
  const go = await findGo(stack.env);
  const mmdebstrap = go ?? (await findMmdebstrap(stack));
  const name = `FerretDB: building ${FERRETDB_VERSION}${go ? '' : ' with a Go of its own'}`;
  await stack.progress.step(name, () =>
    go ? buildHere(go, build) : buildInTree(mmdebstrap, build),
  );
  renameSync(partial, folder);
}

async function ensureTree(stack: Stack): Promise<void> {
  const tree = documentdbTree(stack.toolsDir);
  if (existsSync(tree)) return;
  const partial = `${tree}.partial`;
  const mmdebstrap = await findMmdebstrap(stack);
  await stack.progress.step('FerretDB: making its Postgres by mmdebstrap', () =>
    makeTree(mmdebstrap, partial, ['postgresql-18-documentdb'], installEnvironment(stack)),
  );
  renameSync(partial, tree);
}

async function findMmdebstrap(stack: Stack): Promise<string> {
  const problem = await stack.packages;
  const mmdebstrap = findProgram('mmdebstrap', stack.env);
  if (!mmdebstrap) throw new Error(`mmdebstrap: ${problem ?? 'not on PATH'}`);
  return mmdebstrap;
}

function installEnvironment(stack: Stack): StackEnvironment {
  return { ...stack.env, ...markOf(ownerOf(stack.toolsDir, OWNER)) };
}
