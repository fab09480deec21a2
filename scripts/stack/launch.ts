import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOrphans, markOf } from './orphans.ts';
import { type StopSignal, identify } from './processes.ts';
import { lastLines } from './programs.ts';
import { type RunRecord, endRecorded, hasLiveProcess, readRecord, writeRecord } from './records.ts';
import { type Stack, type StackEnvironment, ownerOf } from './stack.ts';

/** One server process: how to start it, and how to know that it serves. */
export interface Launch {
  name: string;
  how: string;
  address: string;
  command: string;
  args: string[];
  env?: StackEnvironment;
  cwd?: string;
  user?: { uid: number; gid: number };
  stopSignal?: StopSignal;
  /** Resolves once the server answers; rejects while it does not yet. */
  answers: () => Promise<unknown>;
  withinMs?: number;
}

/**
 * The record of the server that already runs, or of the one `start` makes. What an earlier start
 * left half-way is ended first.
 */
export async function reuseOrStart(
  stack: Pick<Stack, 'root' | 'started'>,
  name: string,
  start: () => Promise<RunRecord>,
): Promise<RunRecord> {
  const known = readRecord(stack.root, name);
  if (known?.ready && hasLiveProcess(known)) return known;
  if (known) await endRecorded(stack.root, known);
  await endOrphans(ownerOf(stack.root, name));
  const record = await start();
  stack.started.push(name);
  return record;
}

/** Starts a process that outlives this one, logs to a file, and is recorded before it is ready. */
export async function launch(
  stack: Pick<Stack, 'root' | 'env'>,
  server: Launch,
): Promise<RunRecord> {
  const child = spawnDetached(stack, server);
  const spawned = await spawnedPid(child);
  const starting = writeRecord(stack.root, {
    name: server.name,
    how: server.how,
    address: server.address,
    process: { ...identify(spawned), stopSignal: server.stopSignal ?? 'SIGTERM' },
    ready: false,
    startedAtMs: Date.now(),
  });
  try {
    await untilAnswers(child, server);
  } catch (error) {
    await endRecorded(stack.root, starting);
    const log = lastLines(readFileSync(logFile(stack.root, server.name), 'utf8'));
    throw new Error(`${server.name} did not start (${server.command}):\n${log}`, { cause: error });
  }
  return writeRecord(stack.root, { ...starting, ready: true });
}

function logFile(root: string, name: string): string {
  return join(root, 'log', `${name}.log`);
}

function spawnDetached(stack: Pick<Stack, 'root' | 'env'>, server: Launch): ChildProcess {
  mkdirSync(join(stack.root, 'log'), { recursive: true });
  const log = openSync(logFile(stack.root, server.name), 'a', 0o600);
  const mark = markOf(ownerOf(stack.root, server.name));
  const child = spawn(server.command, server.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...stack.env, ...server.env, ...mark },
    cwd: server.cwd ?? '/',
    ...server.user,
  });
  closeSync(log);
  child.unref();
  return child;
}

function spawnedPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

async function untilAnswers(child: ChildProcess, server: Launch): Promise<void> {
  const deadline = performance.now() + (server.withinMs ?? 30_000);
  for (;;) {
    try {
      await server.answers();
      return;
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null) throw error;
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
