import type { Topic } from '#shared/contracts/events';
import { log } from './log.ts';

/** Where it is written down that a bell was heard. */
export interface Hearing {
  heard(topic: Topic): Promise<void>;
}

/** Notices bells; never waits for the store, and never fails. */
export type Ears = (topic: Topic, hearing: Hearing) => void;

/**
 * Writes each topic down at once and then at most every `everyMs`, so that a thousand bells cost
 * two writes. The last bell of a burst is always written, at most `everyMs` late.
 */
export function createEars(everyMs = 5_000): Ears {
  const resting = new Set<Topic>();
  const missed = new Set<Topic>();
  return function hear(topic, hearing) {
    if (resting.has(topic)) {
      missed.add(topic);
      return;
    }
    resting.add(topic);
    hearing.heard(topic).catch((error: unknown) => {
      log.warn({ err: error, topic }, 'that a bell was heard could not be written down');
    });
    setTimeout(() => {
      resting.delete(topic);
      if (missed.delete(topic)) hear(topic, hearing);
    }, everyMs).unref();
  };
}
