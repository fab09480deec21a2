import { readFileSync, readdirSync } from 'node:fs';
import type { ProcessIdentity } from './processes.ts';
import { endProcess, processStartTime } from './processes.ts';

/*
 * A start that is killed may leave a process nobody wrote down: a server whose record was not yet
 * written, an initdb that goes on alone. Each process started here carries a mark in its
 * environment that names its owner, so the next start finds exactly those. (Linux; elsewhere only
 * records count.)
 */
const MARK = 'VIDEO_TO_MP3_STACK_PROCESS';

/** The environment entry that marks a process as belonging to `owner`. */
export function markOf(owner: string): Record<string, string> {
  return { [MARK]: owner };
}

/** Ends whatever still runs under this mark. */
export async function endOrphans(owner: string): Promise<void> {
  await Promise.all(findMarked(owner).map((orphan) => endProcess(orphan, 'SIGINT', 5_000)));
}

function findMarked(owner: string): ProcessIdentity[] {
  const entry = `${MARK}=${owner}`;
  return listPids()
    .filter((pid) => environmentOf(pid).includes(entry))
    .map((pid) => ({ pid, startTime: processStartTime(pid) ?? '' }));
}

function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
