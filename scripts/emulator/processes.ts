/**
 * STATE/processes.json says which processes belong to this emulator, for checks from outside and
 * for the next start: what a killed emulator left behind is stopped then.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

import { parseJsonObject, isJsonObject } from './json.ts';
import type { Provider } from './provider/provider.ts';
import { killGroup } from './watchdog/child.ts';

export interface RunInfo {
  readonly gatewayUrl: string;
  readonly metricsUrl: string;
  /** Where the connector's flaws are switched; undefined without a connector. */
  readonly controlUrl: string | undefined;
  readonly pid: number;
}

export interface RunningFunction {
  readonly name: string;
  readonly watchdogPort: number;
  /** Where the watchdog's own /metrics are. */
  readonly metricsPort: number;
  /** undefined where each request has a process of its own, or none. */
  readonly childPid: number | undefined;
  /** What tells this process from a later one with the same id. */
  readonly childStarted: string | undefined;
}

/** One entry per replica whose process runs; what is ending comes after what serves. */
export function runningFunctions(provider: Provider): RunningFunction[] {
  return provider.listRunning().flatMap(({ name, allReplicas }) =>
    allReplicas.flatMap(({ watchdog }) => {
      if (watchdog === undefined) return [];
      const { port, metricsPort, childPid } = watchdog;
      const childStarted = childPid === undefined ? undefined : processStart(childPid);
      return [{ name, watchdogPort: port, metricsPort, childPid, childStarted }];
    }),
  );
}

export function writeProcesses(
  file: string,
  info: RunInfo,
  functions: readonly RunningFunction[],
): void {
  replaceJson(file, { ...info, functions });
}

/** Puts `functions`, name → process id, into a JSON file that somebody else made; else nothing. */
export function writePidsInto(file: string, functions: readonly RunningFunction[]): void {
  const content = existsSync(file) ? parseJsonObject(readFileSync(file, 'utf8')) : undefined;
  if (content === undefined) return;
  const serving = functions.toReversed();
  const pids = Object.fromEntries(serving.map(({ name, childPid }) => [name, childPid]));
  replaceJson(file, { ...content, functions: pids });
}

/** A reader sees the old content or the new, never a half. */
function replaceJson(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Kills what an emulator that could not clean up left running; says whom. */
export function killLeftovers(file: string): string[] {
  const content = existsSync(file) ? parseJsonObject(readFileSync(file, 'utf8')) : undefined;
  const functions = content?.['functions'];
  if (!Array.isArray(functions)) return [];
  return functions.filter(isJsonObject).flatMap(({ name, childPid, childStarted }) => {
    if (typeof childPid !== 'number' || typeof childStarted !== 'string') return [];
    if (processStart(childPid) !== childStarted) return [];
    killGroup(childPid);
    return [String(name)];
  });
}

function processStart(pid: number): string | undefined {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) return readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ')[19];
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.error === undefined ? ps.stdout.trim() || undefined : undefined;
}
