import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { basicAuthorization } from '../gateway/basic-auth.ts';
import { startEmulator, type Emulator, type EmulatorOptions } from '../emulator.ts';

export const BUNDLES = join(process.cwd(), 'scripts/emulator/testing/bundles');
const LOOK_MS = 20;
const HOUR_MS = 3_600_000;
export const credentials = { user: 'admin', password: 'for-tests' };
/** The gateway's, none of which a test would live to see. */
export const TIMEOUTS = {
  readTimeoutMs: HOUR_MS,
  writeTimeoutMs: HOUR_MS,
  upstreamTimeoutMs: HOUR_MS,
  providerTimeoutMs: HOUR_MS,
};
const authorization = basicAuthorization(credentials);

export interface TestEmulator extends Emulator {
  readonly state: string;
  /** What it printed. */
  readonly reports: readonly string[];
  readonly system: (method: string, path: string, body?: unknown) => Promise<Response>;
  /** Deploys the probe bundle under this name and waits for its ready path. */
  readonly deploy: (name: string, envVars?: object, more?: object) => Promise<void>;
  /** Waits until the function's log has this line. */
  readonly logged: (name: string, line: string) => Promise<void>;
  /** Stops it and removes its state. */
  readonly close: () => Promise<void>;
}

/** An emulator of its own, on free ports, with an empty state. */
export async function startTestEmulator(
  change: Partial<EmulatorOptions> = {},
): Promise<TestEmulator> {
  const state = mkdtempSync(join(tmpdir(), 'emulator-'));
  const reports: string[] = [];
  const emulator = await startEmulator({
    port: 0,
    host: '127.0.0.1',
    mode: 'kubernetes',
    gracePeriodMs: 30_000,
    isDrainExact: false,
    state,
    pidsInto: undefined,
    places: { contexts: join(state, 'none'), bundles: BUNDLES, templates: 'template' },
    credentials,
    timeouts: TIMEOUTS,
    isScaleFromZero: true,
    async: undefined,
    rabbitMq: undefined,
    flaws: [],
    cronRebuildMs: HOUR_MS,
    report: (line) => void reports.push(line),
    ...change,
  });
  const { gatewayUrl } = emulator;
  const system = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${gatewayUrl}/system/${path}`, {
      method,
      headers: { authorization },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    ...emulator,
    state,
    reports,
    system,
    deploy: async (name, envVars = {}, more = {}) => {
      const request = { service: name, image: 'probe:1', envProcess: 'node index.js', envVars };
      const answer = await system('POST', 'functions', { ...request, ...more });
      if (!answer.ok) throw new Error(await answer.text());
      await until(async () => (await fetch(`${gatewayUrl}/function/${name}/_/ready`)).ok);
    },
    logged: (name, line) => until(() => linesOf(join(state, 'log', `${name}.log`)).includes(line)),
    close: async () => {
      await emulator.stop();
      rmSync(state, { recursive: true });
    },
  };
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/** Looks again and again; throws after ten seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still not so: ${condition.toString()}`);
    await sleep(LOOK_MS);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
