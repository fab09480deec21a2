import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { hasCode } from './errors.ts';
import { readJson } from './files.ts';
import { identify, isAlive } from './processes.ts';

const holder = v.object({ pid: v.number(), startTime: v.string() });
type Holder = v.InferOutput<typeof holder>;

/**
 * Runs `work` while no other process holds the lock of `folder`. A lock whose holder has died is
 * taken over; `onWait` is told once whom we wait for.
 */
export async function withLock<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void = () => undefined,
): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'lock.json');
  await acquire(path, onWait);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(path: string, onWait: (pid: number) => void): Promise<void> {
  for (let told = false; !tryCreate(path);) {
    const other = readHolder(path);
    if (!other || !isAlive(other)) {
      setAside(path);
      continue;
    }
    if (!told) onWait(other.pid);
    told = true;
    await sleep(200);
  }
}

/** `link` fails when the name exists, and the lock appears with its content already in it. */
function tryCreate(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(identify(process.pid)), { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Two may take over at once: who moved a living lock by mistake puts it back. */
function setAside(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && isAlive(moved)) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  const parsed = v.safeParse(holder, readJson(path));
  return parsed.success ? parsed.output : undefined;
}
