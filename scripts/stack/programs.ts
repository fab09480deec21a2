import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { StackEnvironment } from './stack.ts';

export interface RunOptions {
  env?: StackEnvironment;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Told to end when we end: what takes minutes is not to go on alone. */
  endsWithUs?: boolean;
}

/** The path of an executable file called `name` in PATH, or undefined. */
export function findProgram(name: string, env: StackEnvironment): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Runs a program to its end and answers what it printed; throws with its last words. */
export async function run(
  command: string,
  args: string[],
  { endsWithUs = false, ...options }: RunOptions = {},
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.kill();
  if (endsWithUs) process.once('exit', end);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  }).finally(() => process.off('exit', end));
  const [result, printed, complaints] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  if (result === '0') return printed;
  throw new Error(`${command} ended with ${result}: ${lastLines(complaints || printed)}`);
}

export function lastLines(printed: string, count = 8): string {
  return printed.trim().split('\n').slice(-count).join('\n');
}
