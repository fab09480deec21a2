/**
 * of-watchdog: one server before one function.
 *
 * Life: the server listens and, in mode http, the child starts; /_/health is 200 from then on,
 * though the child may not listen yet. stop(): the child gets SIGTERM at once, health turns 503,
 * requests are still accepted for healthcheck_interval, then connections are refused and those in
 * flight get write_timeout to finish, then the child's process group is killed. A child that dies
 * by a signal or exits non-zero ends the watchdog at once; one that exits 0 does not: every request
 * is then answered 500.
 *
 * Kinder than the original unless told to be exact: healthcheck_interval is not waited for once
 * the child has exited and nothing is in flight.
 */
import { createStreamingServer, listen } from '../http/server.ts';
import type { Runner } from './call.ts';
import type { ChildExit } from './child.ts';
import { describe } from './describe.ts';
import { drain } from './drain.ts';
import { Gate } from './gate.ts';
import { createWatchdogHandler } from './handler.ts';
import { createHttpMode } from './http-mode.ts';
import { stamped } from './log-format.ts';
import { createMetricsServer, HttpMetrics } from './metrics.ts';
import type { Place } from './program.ts';
import { createSerializingMode } from './serializing-mode.ts';
import { readWatchdogSettings, type RunMode, type WatchdogSettings } from './settings.ts';
import { createStaticMode } from './static-mode.ts';
import { createStreamingMode } from './streaming-mode.ts';
import type { Env } from './variables.ts';

export interface Watchdog {
  readonly port: number;
  readonly metricsPort: number;
  /** undefined in the modes that have no lasting process. */
  readonly childPid: number | undefined;
  /** What /_/health says. */
  readonly isHealthy: () => boolean;
  /** Resolves when the watchdog's own process would have ended. */
  readonly exited: Promise<ChildExit>;
  readonly stop: () => Promise<void>;
  /** Ends it and its process group without a warning. */
  readonly kill: () => void;
}

export interface WatchdogPlace extends Place {
  /** What the function sees; the watchdog adds its `port`. */
  readonly env: Env;
  /** Whether healthcheck_interval is always waited for. */
  readonly isDrainExact: boolean;
}

type Modes = Record<RunMode, (settings: WatchdogSettings, place: Place) => Runner>;

const MODES: Modes = {
  http: createHttpMode,
  streaming: createStreamingMode,
  serializing: createSerializingMode,
  static: createStaticMode,
};

export async function startWatchdog(place: WatchdogPlace): Promise<Watchdog> {
  const settings = readWatchdogSettings(place.env);
  const say = (text: string): void => place.log(stamped(text));
  const gate = new Gate(settings.maxInflight);
  if (settings.isLockSuppressed) gate.close();
  const runner = MODES[settings.mode](settings, place);
  const metrics = new HttpMetrics();
  const { readyPath } = settings;
  const served = { runner, gate, metrics, limits: settings, readyPath };
  const server = createStreamingServer(createWatchdogHandler(served));
  const metricsServer = createMetricsServer(metrics);
  const [port, metricsPort] = await Promise.all([listen(server, 0), listen(metricsServer, 0)]);
  const close = (): void => {
    for (const one of [server, metricsServer]) {
      one.close();
      one.closeAllConnections();
    }
  };
  describe(settings, { port, metricsPort }).forEach(say);
  const child = await runner.start({ ...place.env, port: String(port) }).catch((error: unknown) => {
    close();
    throw error;
  });
  const ended = Promise.withResolvers<ChildExit>();
  void child?.exited.then((exit) => {
    if (exit.code !== 0) ended.resolve(exit);
    else if (gate.isOpen) say('the process exited 0: of-watchdog lives on and answers 500');
  });
  const exited = ended.promise.finally(async () => {
    gate.close();
    close();
    runner.kill();
    await child?.silent;
  });
  const stop = async (): Promise<void> => {
    const refuse = (): void => void server.close();
    const over = new AbortController();
    void ended.promise.then(() => over.abort());
    const isExact = place.isDrainExact;
    await drain({ child, gate, settings, refuse, say, isExact, over: over.signal });
    ended.resolve({ code: 0, signal: null });
    await exited;
  };
  const kill = (): void => ended.resolve({ code: null, signal: 'SIGKILL' });
  const isHealthy = (): boolean => gate.isOpen;
  return { kill, port, metricsPort, childPid: child?.pid, isHealthy, exited, stop };
}
