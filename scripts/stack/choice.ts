import { isReachable, withoutPassword } from './reachable.ts';
import { type RunRecord, endRecorded, readRecord, writeRecord } from './records.ts';
import type { Stack, StackEnvironment } from './stack.ts';

/** None of the ways to a server worked: names each, and what the person can do. */
export class NoWayError extends Error {
  constructor(server: string, tried: string[], remedies: string[]) {
    const list = (lines: string[]): string => lines.map((line) => `\n  - ${line}`).join('');
    super(`${server}: no way to it. Tried:${list(tried)}\nWhat you can do:${list(remedies)}`);
    this.name = 'NoWayError';
  }
}

const ADDRESS_VARIABLES = ['DATABASE_URL', 'MONGODB_URI', 'AMQP_URL', 'SMTP_URL'];

/** Throws when an address in the environment does not answer: it was meant, nothing replaces it. */
export async function checkGivenAddresses(env: StackEnvironment): Promise<void> {
  for (const variable of ADDRESS_VARIABLES) {
    const address = env[variable];
    if (!address || (await isReachable(address))) continue;
    const place = withoutPassword(address);
    throw new Error(
      `${variable} is ${place}, where nothing answers: start it, or unset ${variable}`,
    );
  }
}

/**
 * The address a person set in the environment, recorded; undefined when none is set. It wins over a
 * server we run already.
 */
export async function givenAddress(
  stack: Stack,
  name: string,
  variable: string,
): Promise<RunRecord | undefined> {
  const address = stack.env[variable];
  if (!address) return undefined;
  const known = readRecord(stack.root, name);
  if (known) await endRecorded(stack.root, known);
  return recordGiven(stack, name, `${variable} is set`, address);
}

/** Records what is used but was not started here. */
export function recordGiven(stack: Stack, name: string, how: string, address: string): RunRecord {
  return writeRecord(stack.root, { name, how, address, ready: true, startedAtMs: Date.now() });
}
