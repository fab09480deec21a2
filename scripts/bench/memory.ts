/**
 * Memory of processes as Linux counts it. One process has its own high-water mark; of a process
 * with children only samples can tell how much all had at once.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const sampleMs = 50;

/** Peaks of resident memory in MiB. */
export interface Peaks {
  /** The process alone, exact. */
  readonly own: number;
  /** With its children, sampled; pages they share are counted for each. */
  readonly family: number;
}

/** Starts to watch a process; the returned function ends that and gives the peaks. */
export function watchMemory(pid: number): () => Peaks {
  // 5: sets the high-water mark back to what is resident now.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  let family = 0;
  const sample = () => {
    family = Math.max(
      family,
      familyOf(pid).reduce((sum, one) => sum + residentMib(one), 0),
    );
  };
  // Unreferenced: whoever fails before the end must not be kept alive by it.
  const timer = setInterval(sample, sampleMs).unref();
  return () => {
    clearInterval(timer);
    return { own: status(pid, 'VmHWM'), family };
  };
}

/** Resident memory of a process right now, in MiB; 0 for one that is gone. */
export function residentMib(pid: number): number {
  return status(pid, 'VmRSS');
}

function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

function childrenOf(pid: number): number[] {
  const threads = attempt(() => readdirSync(`/proc/${pid}/task`), []);
  return threads
    .map((thread) =>
      attempt(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'), ''),
    )
    .flatMap((pids) => pids.split(' ').filter(Boolean).map(Number));
}

/** MiB; 0 for a process that is gone. */
function status(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const text = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8'), '');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
}

/** Processes and threads end while they are looked at. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
