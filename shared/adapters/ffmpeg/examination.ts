import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

import { probedListsFor } from './allowed.ts';
import { findContainment } from './containment.ts';
import type { Layer } from './containment.ts';
import { writeWhole } from './private-folder.ts';
import { findLeaks } from './self-test.ts';
import { tricks } from './tricks.ts';

/** What there is to know about an ffmpeg before it may read a stranger's file. */
const Findings = v.object({
  /** What goes in front of both programs. */
  prefix: v.array(v.string()),
  /** The layers that do not work here. */
  missing: v.array(v.string()),
  version: v.string(),
});
export type Findings = v.InferOutput<typeof Findings>;

/** Where both programs are. */
export interface Paths {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

/**
 * Examines an ffmpeg: which layers hold it, which version it is, and whether it refuses what it
 * must. Rejects, naming the tricks that got through, when it does not. That takes a second or two;
 * so the findings are kept in `folder`, which must be ours alone, under everything they depend on.
 */
export async function examine(
  paths: Paths,
  layers: readonly Layer[],
  folder: string,
): Promise<Findings> {
  const path = join(folder, `${await nameOf(paths, layers)}.json`);
  const kept = await recall(path);
  if (kept) return kept;
  const findings = await find(paths, layers);
  await writeWhole(path, JSON.stringify(findings), 0o600);
  return findings;
}

async function find({ ffmpeg, ffprobe }: Paths, layers: readonly Layer[]): Promise<Findings> {
  const containment = await findContainment([ffmpeg, ffprobe], layers);
  const { prefix } = containment;
  const leaks = await findLeaks({ ffmpeg: [...prefix, ffmpeg], ffprobe: [...prefix, ffprobe] });
  if (leaks.length > 0) {
    const remedy = 'Install a newer ffmpeg (apt-get install ffmpeg) or name another one.';
    throw new Error(`${ffmpeg} obeys hostile files: ${leaks.join(', ')}. ${remedy}`);
  }
  return {
    prefix: [...prefix],
    missing: [...containment.missing],
    version: await versionOf(ffmpeg),
  };
}

/** A new binary, another place, other arguments, layers or tricks: another name. */
async function nameOf(paths: Paths, layers: readonly Layer[]): Promise<string> {
  const programs = await Promise.all([paths.ffmpeg, paths.ffprobe].map(identityOf));
  const facts = [
    ...[programs, layers, probedListsFor('mp3')],
    tricks.map(({ name, script }) => [name, script.toString()]),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

async function identityOf(path: string): Promise<readonly unknown[]> {
  const { size, mtimeMs } = await stat(path);
  return [path, await realpath(path), size, mtimeMs];
}

async function recall(path: string): Promise<Findings | undefined> {
  try {
    return v.parse(Findings, JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['-version'], { env: {}, timeout: 10_000 });
  const number = /^\S+ version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version';
  return `ffmpeg ${number} libmp3lame`;
}
