import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';

import type { Call, Runner } from './call.ts';
import { killGroup } from './child.ts';
import { requestEnv } from './fork-env.ts';
import { commandLine, readLog, spawnOptions, type Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';
import type { Env } from './variables.ts';

/** One process for one request. */
export interface Fork {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has exited and its output is read: with Go's words where it failed. */
  readonly ended: Promise<string | undefined>;
  /** Kills it and all it started. */
  readonly kill: () => void;
}

const GO_SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGINT: 'interrupt',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
  SIGPIPE: 'broken pipe',
};

/**
 * A mode that starts a process for each request. `fork` throws for what no environment can hold.
 */
export function createForkMode(
  settings: WatchdogSettings,
  place: Place,
  serve: (call: Call, fork: () => Fork) => Promise<void>,
): Runner {
  const running = new Set<Fork>();
  let common: Env = {};
  const fork = ({ req, target }: Call): Fork => {
    const forked = startFork(settings, place, { ...common, ...requestEnv(req, target) });
    running.add(forked);
    void forked.ended.then(() => running.delete(forked));
    return forked;
  };
  return {
    serve: (call) => void serve(call, () => fork(call)),
    start: (env) => {
      common = env;
      return Promise.resolve(undefined);
    },
    kill: () => running.forEach(({ kill }) => kill()),
  };
}

function startFork(settings: WatchdogSettings, { directory, log }: Place, env: Env): Fork {
  const child = spawn(...commandLine(settings.command), {
    ...spawnOptions(directory, env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  readLog(child.stderr, 'stderr', settings, log);
  const { pid, stdin, stdout } = child;
  const kill = (): void => (pid === undefined ? undefined : killGroup(pid));
  return { stdin, stdout, kill, ended: endOf(child) };
}

function endOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(failureOf(code, signal)));
  });
}

function failureOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${GO_SIGNALS[signal] ?? constants.signals[signal]}`;
  return code === 0 ? undefined : `exit status ${code ?? -1}`;
}
