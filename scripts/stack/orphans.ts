import { environmentOf, listPids, parentOf } from './process-table.ts';
import type { ProcessIdentity } from './processes.ts';
import { endProcess, identify } from './processes.ts';

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

/** The owner whose mark a process carries. */
export function markedOwner(environment: readonly string[]): string | undefined {
  const start = `${MARK}=`;
  return environment.find((entry) => entry.startsWith(start))?.slice(start.length);
}

/** Ends whatever still runs under this mark: first those that started the others. */
export async function endOrphans(owner: string): Promise<void> {
  const marked = findMarked(owner);
  const pids = marked.map(({ pid }) => pid);
  const first = marked.filter(({ pid }) => !pids.includes(parentOf(pid) ?? 0));
  for (const group of [first, marked]) {
    await Promise.all(group.map((orphan) => endProcess(orphan, 'SIGTERM', 5_000)));
  }
}

function findMarked(owner: string): ProcessIdentity[] {
  return listPids()
    .filter((pid) => markedOwner(environmentOf(pid)) === owner)
    .map(identify);
}
