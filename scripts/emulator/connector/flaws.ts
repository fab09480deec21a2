/**
 * What the connector does wrong by nature, and what the switch of each flaw does to provoke it at
 * will. With every switch off the connector is as faithful as without them. Two flaws have no
 * switch because they are not the connector's: L7 (a function answers 200 before its state is
 * durable) and the publisher's half of L6 (publishing without `mandatory`).
 */

export interface Flaw {
  /** What goes wrong, and when it does by itself. */
  readonly sentence: string;
  /** What the switch does, so many times. */
  readonly provoked: string;
}

export const flaws = {
  L1: {
    sentence: 'a message of a topic without a function is acknowledged unheard',
    provoked: 'the next message finds no function',
  },
  L2: {
    sentence: 'a message consumed before the first crawl is acknowledged unheard',
    provoked: 'the connector starts again and crawls only after it has consumed a message',
  },
  L3: {
    sentence: 'a list of functions that the gateway refuses empties the map of topics',
    provoked: 'the map is refreshed at once, with credentials that the gateway refuses',
  },
  L4: {
    sentence: 'a function that is being updated during a refresh is missing until the next one',
    provoked: 'the map is refreshed at once, without the functions of the first topic',
  },
  L5: {
    sentence: 'messages that are not durable are gone when the broker has started again',
    provoked: 'the connector starts again and finds a message gone that waited in its queues',
  },
  L6: {
    sentence: 'a message published before the queue is bound reaches nobody',
    provoked: 'the queues lose their bindings',
  },
  D1: {
    sentence:
      'a call is given up after 60 s and its message redelivered while the first still runs',
    provoked: 'the 60 s of the next call are over after one, answered or not',
  },
  D2: {
    sentence: 'a later function of the topic fails, and the earlier ones hear the message again',
    provoked: 'the functions of the next message are followed by one that does not exist',
  },
  D3: {
    sentence: 'the connector dies between the success of a call and the acknowledgement',
    provoked: 'it dies after the next success',
  },
  D4: {
    sentence: 'a success that is not a 200 is taken for a failure',
    provoked: 'the next 200 is taken for a 202',
  },
  D5: {
    sentence: 'a function listed twice for a topic hears each message twice',
    provoked: 'the functions of the next message are called twice',
  },
  D6: {
    sentence: 'a POST is sent up to five times while the peer closes instead of answering',
    provoked: 'the next answer of a function is lost, and the peer closes',
  },
  S1: {
    sentence: 'a message that fails for good is redelivered without a pause, for ever',
    provoked: 'the next call is answered 500',
  },
  S2: {
    sentence: 'a function at its max_inflight answers 429, and its messages spin',
    provoked: 'the next call is answered 429',
  },
  S3: {
    sentence: 'call number 257 at once fails at once, and its message spins',
    provoked: 'the next call finds all 256 connections taken',
  },
  S4: {
    sentence: 'with an expired password whoever guards the functions refuses, and messages spin',
    provoked: 'the next call is answered 401',
  },
  S5: {
    sentence: 'a gateway that cannot reach its provider answers 502, and messages spin',
    provoked: 'the next call is answered 502',
  },
  T1: {
    sentence: 'a foreign routing key ends the consumption of its queue; the rest piles up unheard',
    provoked: 'each queue is sent a message directly, which is gone after the next start',
  },
  T2: {
    sentence: 'a closed channel is only logged; nothing is consumed any more',
    provoked: 'the broker closes the channel',
  },
  T3: {
    sentence: 'a queue that was deleted is not consumed any more, also when it is declared again',
    provoked: 'the queues are deleted',
  },
} as const satisfies Record<string, Flaw>;

export type FlawCode = keyof typeof flaws;

/** A switch that is on. */
export interface FlawSetting {
  readonly code: FlawCode;
  /** How often the flaw is still to be provoked. */
  readonly times: number;
}

const MOST_TIMES = 1_000_000;

export const flawCodes = Object.keys(flaws).filter(isFlawCode);

export function isFlawCode(text: string): text is FlawCode {
  return Object.hasOwn(flaws, text);
}

export function isTimes(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_TIMES;
}

/** Reads "L1,D3=5"; once where no number is given. Throws a sentence. */
export function parseFlaws(text: string): FlawSetting[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [code = '', times = '1'] = part.trim().split('=');
      if (!isFlawCode(code)) throw new Error(`"${code}" is none of ${flawCodes.join(' ')}`);
      if (!isTimes(Number(times))) throw new Error(`"${part}": 1 to ${MOST_TIMES} times`);
      return { code, times: Number(times) };
    });
}
