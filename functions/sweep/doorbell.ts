import type { Topic } from '#shared/contracts/events';
import { AppError } from '#shared/core/errors';
import type { Log, Publisher } from '#shared/core/ports';

/**
 * The publisher, which after one failure for a topic fails for it at once: waiting once is enough.
 */
export function failingFast(publisher: Publisher, name: string, log: Log): Publisher {
  const silent = new Set<Topic>();
  return {
    async publish(topic, body) {
      if (silent.has(topic)) throw new AppError('unavailable');
      try {
        await publisher.publish(topic, body);
      } catch (error) {
        silent.add(topic);
        log.warn({ err: error, publisher: name, topic }, 'bell not heard');
        throw error;
      }
    },
  };
}

/** The first publisher, or the second where the first fails. */
export function either(first: Publisher, second: Publisher): Publisher {
  return {
    publish: (topic, body) => first.publish(topic, body).catch(() => second.publish(topic, body)),
  };
}
