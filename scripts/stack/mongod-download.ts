import { join } from 'node:path';
import { DryMongoBinary, MongoBinary } from 'mongodb-memory-server-core';
import * as v from 'valibot';
import { causeMessageOf } from './errors.ts';
import { readJson, writeAtomically } from './files.ts';
import type { Stack } from './stack.ts';

const MIRROR = 'https://fastdl.mongodb.org';
const VERSION = '8.2.6';
const PROBE_MS = 3_000;
const TRY_AGAIN_MS = 24 * 3_600_000;

const failure = v.object({ atMs: v.number(), reason: v.string() });

/** A mongod that an earlier start downloaded. */
export function findDownloadedMongod(toolsDir: string): Promise<string | undefined> {
  return DryMongoBinary.locateBinary({ downloadDir: folderOf(toolsDir), version: VERSION });
}

export function downloadMongod(stack: Stack): Promise<string> {
  return MongoBinary.getPath({ downloadDir: folderOf(stack.toolsDir), version: VERSION });
}

/**
 * Why there is no download, or undefined when one may be tried. Asks first, since the download
 * itself takes long to give up; a failure is remembered for a day.
 */
export async function whyNoDownload(toolsDir: string): Promise<string | undefined> {
  const known = v.safeParse(failure, readJson(failureFile(toolsDir)));
  if (known.success && Date.now() - known.output.atMs < TRY_AGAIN_MS) return known.output.reason;
  try {
    await fetch(MIRROR, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return undefined;
  } catch (error) {
    return rememberNoDownload(toolsDir, error);
  }
}

export function rememberNoDownload(toolsDir: string, error: unknown): string {
  const reason = `no download of mongod: ${causeMessageOf(error)}`;
  writeAtomically(failureFile(toolsDir), JSON.stringify({ atMs: Date.now(), reason }));
  return reason;
}

function folderOf(toolsDir: string): string {
  return join(toolsDir, 'mongod');
}

function failureFile(toolsDir: string): string {
  return join(toolsDir, 'no-mongod.json');
}
