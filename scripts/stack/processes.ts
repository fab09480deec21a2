import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process told apart from any later one that gets the same id. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot on Linux, a date elsewhere: only compared for equality. */
  startTime: string;
}

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** When the process began, or undefined when there is none (a zombie counts as none). */
export function processStartTime(pid: number): string | undefined {
  return process.platform === 'linux' ? startTimeOnLinux(pid) : startTimeByPs(pid);
}

/** The identity of the process that has this id now; one that has ended is never alive. */
export function identify(pid: number): ProcessIdentity {
  return { pid, startTime: processStartTime(pid) ?? 'ended' };
}

export function isAlive(process: ProcessIdentity): boolean {
  return processStartTime(process.pid) === process.startTime;
}

/** Asks by `signal`, then ends by SIGKILL what is still there after `graceMs`. */
export async function endProcess(
  target: ProcessIdentity,
  signal: StopSignal,
  graceMs = 20_000,
): Promise<void> {
  if (!send(target, signal)) return;
  if (await isGone(target, graceMs)) return;
  await killProcess(target);
}

/** Ends a process as a crash does; resolves when it is gone. */
export async function killProcess(target: ProcessIdentity): Promise<void> {
  if (!send(target, 'SIGKILL')) return;
  if (!(await isGone(target, 5_000))) throw new Error(`process ${target.pid} outlives SIGKILL`);
}

function send(target: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(target)) return false;
  try {
    return process.kill(target.pid, signal);
  } catch (error) {
    if (isAlive(target)) throw error;
    return false;
  }
}

async function isGone(target: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isAlive(target)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Field 22 of proc(5)'s stat; the name in field 2 may itself hold spaces and parentheses. */
function startTimeOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function startTimeByPs(pid: number): string | undefined {
  try {
    const words = ['-o', 'stat=,lstart=', '-p', String(pid)];
    const line = execFileSync('ps', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return line.startsWith('Z') ? undefined : line.trim().replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
