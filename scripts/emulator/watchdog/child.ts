import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import type { Readable } from 'node:stream';

import { readLines } from './log-lines.ts';
import type { WatchdogSettings } from './settings.ts';

const SETPRIV = '/usr/bin/setpriv';

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
  readonly terminate: () => void;
  /** Kills the process and all it started. */
  readonly killGroup: () => void;
}

export interface ChildPlace {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

/** Starts fprocess with no more than the given environment and the way to its programs. */
export async function startChild(settings: WatchdogSettings, place: ChildPlace): Promise<Child> {
  const [program = '', ...args] = dieWithParent(settings.command.map(withThisNode));
  const child = spawn(program, args, {
    cwd: place.directory,
    env: { PATH: programPath(), HOME: place.directory, ...place.env },
    // Its own process group: Ctrl-C of a terminal is ours to pass on, and kills reach grandchildren.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  readLog(child, settings, place.onLine);
  const pid = await spawned(child);
  return {
    pid,
    exited,
    terminate: () => void child.kill('SIGTERM'),
    killGroup: () => killGroup(pid),
  };
}

/** The process group may be gone already, which is what was wanted. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return;
  }
}

function spawned(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

function readLog(
  child: ChildProcessByStdio<null, Readable, Readable>,
  { prefixLogs, logBufferSize }: WatchdogSettings,
  onLine: (line: string) => void,
): void {
  for (const name of ['stdout', 'stderr'] as const) {
    readLines(child[name], {
      maxBytes: logBufferSize,
      onLine: (line) => onLine(prefixLogs ? `${new Date().toISOString()} ${name}: ${line}` : line),
    });
  }
}

function withThisNode(word: string, index: number): string {
  return index === 0 && word === 'node' ? process.execPath : word;
}

/** Where the system can: the kernel ends the child when we are killed without a chance to. */
function dieWithParent(command: readonly string[]): readonly string[] {
  return existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command;
}

function programPath(): string {
  return [dirname(process.execPath), process.env['PATH']].join(delimiter);
}
