/** Facts about processes, for an emulator that runs on this machine. */
import { existsSync, readFileSync } from 'node:fs';

import { isJsonObject, parseJsonObject, stringOf, type JsonObject } from '../emulator/json.ts';

export interface FunctionProcess {
  readonly watchdogPort: number;
  readonly pid: number;
}

/** The processes of a function, one for each replica. */
export function processesOf(file: string, name: string): FunctionProcess[] {
  const functions = read(file)['functions'];
  const all = Array.isArray(functions) ? functions.filter(isJsonObject) : [];
  return all
    .filter((entry) => stringOf(entry['name']) === name)
    .map(({ watchdogPort, childPid }) => ({
      watchdogPort: Number(watchdogPort),
      pid: Number(childPid),
    }));
}

/** Bytes the emulator ever held; undefined where that cannot be read. */
export function peakMemory(file: string | undefined): number | undefined {
  if (file === undefined) return undefined;
  const status = `/proc/${Number(read(file)['pid'])}/status`;
  if (!existsSync(status)) return undefined;
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/u.exec(readFileSync(status, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** Where the flaws of the emulator's connector are switched on. */
export function controlUrlOf(file: string): string | undefined {
  return stringOf(read(file)['controlUrl']);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function read(file: string): JsonObject {
  return parseJsonObject(readFileSync(file, 'utf8')) ?? {};
}
