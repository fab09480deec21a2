import { readdirSync, readFileSync } from 'node:fs';

/** What processes have used so far. */
export interface Consumption {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** The kernel counts time for user programs in hundredths of a second. */
const TICK_MS = 10;

/**
 * A process and all of its group, or undefined where there is no /proc (proc(5): stat and status).
 * Processes that end in mid-count are left out.
 */
export function consumptionOf(group: number): Consumption | undefined {
  const members = listPids()?.flatMap((pid) => memberOf(group, pid) ?? []);
  return members?.reduce(add, { cpuMs: 0, memoryBytes: 0 });
}

export function add(one: Consumption, other: Consumption): Consumption {
  return {
    cpuMs: one.cpuMs + other.cpuMs,
    memoryBytes: one.memoryBytes + other.memoryBytes,
  };
}

function listPids(): string[] | undefined {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  } catch {
    return undefined;
  }
}

function memberOf(group: number, pid: string): Consumption | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the program's name, which may hold anything: state, parent, group, …
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) !== group) return undefined;
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuMs: ticks * TICK_MS, memoryBytes: residentBytes(pid) };
  } catch {
    return undefined;
  }
}

function residentBytes(pid: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1] ?? 0) * 1_024;
}
