import { readFileSync, readdirSync } from 'node:fs';

/*
 * What proc(5) tells of other processes. Elsewhere than on Linux there is none, and no process is
 * found; of processes of other users, and of those that ended meanwhile, everything is empty.
 */

/** The ids of all processes. */
export function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** The environment a process was started with, as `NAME=value`. */
export function environmentOf(pid: number): string[] {
  return readProc(pid, 'environ').split('\0');
}

/** The program a process runs, without its folder, at most 15 characters. */
export function programOf(pid: number): string {
  return readProc(pid, 'comm').trim();
}

/** The process that started it, or the one that took it over since. */
export function parentOf(pid: number): number | undefined {
  const line = /^PPid:\s+(\d+)$/m.exec(readProc(pid, 'status'));
  return line ? Number(line[1]) : undefined;
}

/** Seconds of processor time that a process has had, of its ended children too. */
export function cpuSecondsOf(pid: number): number {
  // Behind the name, which may hold anything: utime, stime, cutime, cstime, in hundredths.
  const fields = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / 100;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
