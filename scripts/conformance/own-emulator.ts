import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseDurationMs } from '../emulator/duration.ts';
import { parseJsonObject, stringOf } from '../emulator/json.ts';
import type { Mode } from '../emulator/mode.ts';
import { TEMPLATE } from './context-folder.ts';
import type { Installation, Settings } from './installation.ts';
import type { UndoList } from './undo.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '..', 'emulator', 'main.ts');
const USER = 'conformance';
const LAST_OUTPUT = 5;
const PASSWORD = 'of the conformance suite';
/** Set where the emulator runs, so that an item can see it stays out of functions. */
export const STRAY_VARIABLE = 'CONFORMANCE_STRAY';

/** Starts an emulator as a process of its own, on free ports, with an empty state. */
export async function startOwnEmulator(
  { mode, image, ...settings }: Settings & { readonly mode: Mode; readonly image: string },
  { undos, print }: { readonly undos: UndoList; readonly print: (line: string) => void },
): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const output: string[] = [];
  const args = [MAIN, ...pathOptions(folder), '--mode', mode, ...settingOptions(folder, settings)];
  const env = { ...process.env, [STRAY_VARIABLE]: 'seen' };
  const emulator = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [emulator.stdout, emulator.stderr]) {
    stream.on('data', (text: Buffer) => output.push(text.toString()));
  }
  const lastOutput = () => output.slice(-LAST_OUTPUT).join('');
  const reportDeath = () => print(`the emulator has ended: ${lastOutput()}`);
  undos.add(async () => {
    emulator.off('exit', reportDeath);
    await end(emulator);
    rmSync(folder, { recursive: true, force: true });
  });
  await until('the emulator to start', () => {
    if (!isRunning(emulator)) throw new Error(`the emulator does not start: ${lastOutput()}`);
    return existsSync(join(folder, 'ready.json'));
  });
  emulator.once('exit', reportDeath);
  const ready = parseJsonObject(readFileSync(join(folder, 'ready.json'), 'utf8'));
  const { upstreamTimeout } = settings;
  return {
    gatewayUrl: stringOf(ready?.['gatewayUrl']) ?? '',
    ...{ user: USER, password: PASSWORD, mode, image },
    contexts: join(folder, 'contexts'),
    processesFile: join(folder, 'state', 'processes.json'),
    metricsUrl: stringOf(ready?.['metricsUrl']),
    upstreamTimeoutMs: upstreamTimeout === undefined ? undefined : parseDurationMs(upstreamTimeout),
  };
}

function pathOptions(folder: string): string[] {
  mkdirSync(join(folder, 'contexts'));
  writeFileSync(join(folder, 'user'), USER);
  writeFileSync(join(folder, 'password'), PASSWORD);
  return Object.entries({
    port: '0',
    template: join(TEMPLATE, '..'),
    state: join(folder, 'state'),
    contexts: join(folder, 'contexts'),
    bundles: join(folder, 'bundles'),
    'ready-file': join(folder, 'ready.json'),
    'user-file': join(folder, 'user'),
    'password-file': join(folder, 'password'),
  }).map(([name, value]) => `--${name}=${value}`);
}

function settingOptions(folder: string, settings: Settings): string[] {
  const { upstreamTimeout, writeTimeout, cronRebuild } = settings;
  return [
    ...(settings.hasAsync === true ? ['--async'] : []),
    ...(settings.isScaleFromZero === false ? ['--no-scale-from-zero'] : []),
    ...(upstreamTimeout === undefined ? [] : [`--upstream-timeout=${upstreamTimeout}`]),
    ...(writeTimeout === undefined ? [] : [`--write-timeout=${writeTimeout}`]),
    ...(cronRebuild === undefined ? [] : [`--cron-rebuild=${cronRebuild}`]),
    ...brokerOptions(folder, settings),
  ];
}

function brokerOptions(folder: string, { broker }: Settings): string[] {
  if (broker === undefined) return [];
  const { url, exchange, topic } = broker;
  const topology = join(folder, 'topology.yaml');
  const entry = { name: exchange, topics: [topic], declare: true, type: 'direct', durable: true };
  // JSON is YAML.
  writeFileSync(topology, JSON.stringify([entry]));
  return [`--amqp-url=${url}`, `--topology=${topology}`, '--topic-map-refresh=1s'];
}

async function end(emulator: ChildProcess): Promise<void> {
  if (!isRunning(emulator)) return;
  const exited = once(emulator, 'exit');
  emulator.kill('SIGTERM');
  await exited;
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
