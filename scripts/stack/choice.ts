import { isReachable, withoutPassword } from './reachable.ts';
import { type RunRecord, endRecorded, readRecord, writeRecord } from './records.ts';
import type { Stack } from './stack.ts';

/** None of the ways to a server worked: names each, and what the person can do. */
export class NoWayError extends Error {
  constructor(server: string, tried: string[], remedies: string[]) {
    const list = (lines: string[]): string => lines.map((line) => `\n  - ${line}`).join('');
    super(`${server}: no way to it. Tried:${list(tried)}\nWhat you can do:${list(remedies)}`);
    this.name = 'NoWayError';
  }
}

/**
 * The address a person set in the environment, recorded; undefined when none is set. It wins over a
 * server we run already, and one that does not answer is an error: it was meant.
 */
export async function givenAddress(
  stack: Stack,
  name: string,
  variable: string,
): Promise<RunRecord | undefined> {
  const address = stack.env[variable];
  if (!address) return undefined;
  if (!(await isReachable(address))) {
    const tried = [`${variable} is ${withoutPassword(address)}, where nothing answers`];
    throw new NoWayError(name, tried, ['start that server', `unset ${variable}`]);
  }
  const known = readRecord(stack.root, name);
  if (known) await endRecorded(stack.root, known);
  return recordGiven(stack, name, `${variable} is set`, address);
}

/** Records what is used but was not started here. */
export function recordGiven(stack: Stack, name: string, how: string, address: string): RunRecord {
  return writeRecord(stack.root, { name, how, address, ready: true, startedAtMs: Date.now() });
}
