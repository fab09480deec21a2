/** How every program of a function is started, whichever mode it runs in. */
import type { SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import type { Readable } from 'node:stream';

import { stamped } from './log-format.ts';
import { readLines } from './log-lines.ts';
import type { WatchdogSettings } from './settings.ts';
import type { Env } from './variables.ts';

const SETPRIV = '/usr/bin/setpriv';

export interface Place {
  readonly directory: string;
  /** Takes lines that are complete as they are. */
  readonly log: (line: string) => void;
}

/** The words to spawn: `node` is the Node that runs the emulator. */
export function commandLine(command: readonly string[]): [program: string, args: string[]] {
  const [program = '', ...args] = dieWithParent(command.map(withThisNode));
  return [program, args];
}

/** No more than the given environment and the way to its programs. */
export function spawnOptions(directory: string, env: Env) {
  return {
    cwd: directory,
    env: { PATH: programPath(), HOME: directory, ...env },
    // Its own process group: Ctrl-C of a terminal is ours to pass on, and kills reach grandchildren.
    detached: true,
  } satisfies SpawnOptions;
}

/** Passes on what a program prints, line by line. */
export function readLog(
  stream: Readable,
  name: 'stdout' | 'stderr',
  { prefixLogs, logBufferSize }: WatchdogSettings,
  log: Place['log'],
): void {
  readLines(stream, {
    maxBytes: logBufferSize,
    onLine: (line) => log(prefixLogs ? stamped(`${name}: ${line}`) : line),
    onTooLong: () => log(stamped(`Error reading ${name}: bufio.Scanner: token too long`)),
  });
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
