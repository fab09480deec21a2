import { spawn, type ChildProcess } from 'node:child_process';

import { commandLine, readLog, spawnOptions, type Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';
import type { Env } from './variables.ts';

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The one process of mode http. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  readonly terminate: () => void;
}

/** Rejects when the program cannot be started. */
export async function startChild(
  settings: WatchdogSettings,
  { directory, log }: Place,
  env: Env,
): Promise<Child> {
  const child = spawn(...commandLine(settings.command), {
    ...spawnOptions(directory, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  readLog(child.stdout, 'stdout', settings, log);
  readLog(child.stderr, 'stderr', settings, log);
  return { pid: await spawned(child), exited, terminate: () => void child.kill('SIGTERM') };
}

/** The process group may be gone already, which is what was wanted. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return;
  }
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}
