import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

import { commandLine, readLog, spawnOptions, type Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';
import type { Env } from './variables.ts';

const LAST_WORDS_MS = 500;

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The one process of mode http. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  /** Resolves when what it printed last was read, too, or nothing came for a while. */
  readonly silent: Promise<unknown>;
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
  // A stream with too long a line is not read on, and so never closes.
  const patience = exited.then(() => sleep(LAST_WORDS_MS, undefined, { ref: false }));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const silent = Promise.race([closed, patience]);
  readLog(child.stdout, 'stdout', settings, log);
  readLog(child.stderr, 'stderr', settings, log);
  const terminate = (): void => void child.kill('SIGTERM');
  return { pid: await spawned(child), exited, silent, terminate };
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
