/**
 * of-watchdog in mode http: one server before one child process.
 *
 * Life: the server listens and the child starts; /_/health is 200 from then on, though the child
 * may not listen yet. stop(): the child gets SIGTERM at once, health turns 503, requests are
 * still accepted for healthcheck_interval, those in flight get write_timeout to finish, then the
 * child's process group is killed. A child that dies by a signal or exits non-zero ends the
 * watchdog at once; one that exits 0 does not: every request is then answered 500.
 *
 * Kinder than the original: once the child has exited after SIGTERM nothing is waited for.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { createStreamingServer, listen } from '../http/server.ts';
import { startChild, type Child, type ChildExit } from './child.ts';
import { Gate } from './gate.ts';
import { createWatchdogHandler } from './handler.ts';
import { readWatchdogSettings, type WatchdogSettings } from './settings.ts';

export interface Watchdog {
  readonly port: number;
  readonly childPid: number;
  /** What /_/health says. */
  readonly isHealthy: () => boolean;
  /** Resolves when the watchdog's own process would have ended. */
  readonly exited: Promise<ChildExit>;
  readonly stop: () => Promise<void>;
  /** Ends it and its process group without a warning. */
  readonly kill: () => void;
}

export interface WatchdogPlace {
  readonly directory: string;
  /** What the child sees; the watchdog adds its `port`. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

export async function startWatchdog({ directory, env, log }: WatchdogPlace): Promise<Watchdog> {
  const settings = readWatchdogSettings(env);
  const gate = new Gate(settings.maxInflight);
  const server = createStreamingServer(createWatchdogHandler(settings, gate, log));
  const port = await listen(server, 0);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const place = { directory, env: { ...env, port: String(port) }, onLine: log };
  const child = await startChild(settings, place).catch((error: unknown) => {
    close();
    throw error;
  });
  const ended = Promise.withResolvers<ChildExit>();
  void child.exited.then((exit) => {
    if (exit.code !== 0) ended.resolve(exit);
    else if (gate.isOpen) log('the process exited 0: of-watchdog lives on and answers 500');
  });
  const exited = ended.promise.finally(async () => {
    gate.close();
    close();
    child.killGroup();
    await child.exited;
  });
  const stop = async (): Promise<void> => {
    await drain(child, gate, settings);
    ended.resolve({ code: 0, signal: null });
    await exited;
  };
  const kill = (): void => ended.resolve({ code: null, signal: 'SIGKILL' });
  return { kill, port, childPid: child.pid, isHealthy: () => gate.isOpen, exited, stop };
}

async function drain(child: Child, gate: Gate, settings: WatchdogSettings): Promise<void> {
  gate.close();
  child.terminate();
  const timers = new AbortController();
  const { signal } = timers;
  const inFlightOver = sleep(settings.healthcheckIntervalMs, undefined, { signal })
    .then(() => Promise.race([gate.idle(), sleep(settings.writeTimeoutMs, undefined, { signal })]))
    .catch(() => undefined);
  await Promise.race([child.exited.then(() => gate.idle()), inFlightOver]);
  timers.abort();
}
