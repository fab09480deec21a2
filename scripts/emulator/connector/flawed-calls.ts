/** The flaws that strike a message or a call, laid around what the faithful connector does. */
import { setTimeout as sleep } from 'node:timers/promises';

import { noFreeConnections, type CallFunction } from './call-function.ts';
import type { FlawSwitches } from './flaw-switches.ts';
import type { ConnectorStatus } from './status.ts';

/** The functions of a topic, in the order they are called. */
export type FunctionsOf = (topic: string) => readonly string[];

const GIVEN_UP_MS = 1_000;
const NOBODY = 'nobody';
const OK = 200;
const ACCEPTED = 202;

export function withFlawedLists(status: ConnectorStatus, flaws: FlawSwitches): FunctionsOf {
  return (topic) => {
    if (status.map === undefined) flaws.take('L2');
    const names = status.map?.get(topic) ?? [];
    if (flaws.take('L1')) return [];
    if (flaws.take('D2')) return [...names, NOBODY];
    if (flaws.take('D5')) return names.flatMap((name) => [name, name]);
    return names;
  };
}

/** `die` ends the connector as a killed process ends. */
export function withFlawedCalls(
  call: CallFunction,
  flaws: FlawSwitches,
  die: (reason: Error) => void,
): CallFunction {
  return async (name, message) => {
    if (flaws.take('S1')) return 500;
    if (flaws.take('S2')) return 429;
    if (flaws.take('S3')) throw noFreeConnections();
    if (flaws.take('S4')) return 401;
    if (flaws.take('S5')) return 502;
    if (flaws.take('D1')) return giveUp((signal) => call(name, message, signal));
    const status = await call(name, message);
    if (status === OK && flaws.take('D4')) return ACCEPTED;
    if (status === OK && flaws.take('D3')) {
      const reason = new Error('after a success, before the acknowledgement');
      die(reason);
      throw reason;
    }
    return status;
  };
}

/** The function may have heard and answered: the connector does not learn of it. */
async function giveUp(call: (signal: AbortSignal) => Promise<number>): Promise<never> {
  const givenUp = new AbortController();
  const unheard = call(givenUp.signal).catch(() => undefined);
  await sleep(GIVEN_UP_MS);
  givenUp.abort();
  await unheard;
  throw new Error('timeout');
}
