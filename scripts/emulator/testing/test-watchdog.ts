import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findFreePort } from '../provider/free-port.ts';
import { startWatchdog, type Watchdog } from '../watchdog/watchdog.ts';
import { BUNDLES, until } from './test-emulator.ts';

export interface TestWatchdog extends Watchdog {
  readonly url: string;
  readonly directory: string;
  /** What was logged. */
  readonly lines: readonly string[];
  /** Waits for a line that has this in it. */
  readonly logged: (part: string) => Promise<void>;
}

const started: TestWatchdog[] = [];

/** A watchdog of its own; its folder is empty but for what `fill` puts there. */
export async function startTestWatchdog(
  env: Record<string, string>,
  { isDrainExact = false, fill }: { isDrainExact?: boolean; fill?: (to: string) => void } = {},
): Promise<TestWatchdog> {
  const directory = mkdtempSync(join(tmpdir(), 'watchdog-'));
  const lines: string[] = [];
  fill?.(directory);
  const log = (line: string): void => void lines.push(line);
  const watchdog = await startWatchdog({ directory, env, log, isDrainExact });
  const test = {
    ...watchdog,
    url: `http://127.0.0.1:${watchdog.port}`,
    directory,
    lines,
    logged: (part: string) => until(() => lines.some((line) => line.includes(part))),
  };
  started.push(test);
  return test;
}

/** In mode http, with the probe bundle in our template; waits until the function is ready. */
export async function startProbe(
  env: Record<string, string> = {},
  options: { isDrainExact?: boolean } = {},
): Promise<TestWatchdog> {
  const probe = {
    mode: 'http',
    fprocess: 'node index.js',
    upstream_url: `http://127.0.0.1:${await findFreePort()}`,
    prefix_logs: 'false',
  };
  const fill = (to: string): void => {
    cpSync('template/node-bundle', to, { recursive: true });
    cpSync(join(BUNDLES, 'probe'), join(to, 'function'), { recursive: true });
  };
  const watchdog = await startTestWatchdog({ ...probe, ...env }, { ...options, fill });
  await until(async () => (await fetch(`${watchdog.url}/status?code=200`)).ok);
  return watchdog;
}

/** Ends all of them and removes their folders. */
export async function closeTestWatchdogs(): Promise<void> {
  for (const { kill, exited, directory } of started.splice(0)) {
    kill();
    await exited;
    rmSync(directory, { recursive: true, force: true });
  }
}
