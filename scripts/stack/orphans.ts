import { readFileSync, readdirSync } from 'node:fs';
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
  const entry = `${MARK}=${owner}`;
  return listPids()
    .filter((pid) => readProc(pid, 'environ').split('\0').includes(entry))
    .map(identify);
}

function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function parentOf(pid: number): number | undefined {
  const line = /^PPid:\s+(\d+)$/m.exec(readProc(pid, 'status'));
  return line ? Number(line[1]) : undefined;
}

/** Empty when the process has ended meanwhile, or belongs to somebody else. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
