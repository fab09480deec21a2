import type { Topic } from '#shared/contracts/events';
import { AppError } from '#shared/core/errors';
import type { Publisher } from '#shared/core/ports';

/** A {@link Publisher} that keeps what it is given; with `broken` set it rejects `unavailable`. */
export interface FakePublisher extends Publisher {
  /** Everything published, oldest first. */
  readonly published: readonly { readonly topic: Topic; readonly body: string }[];
  broken: boolean;
}

/** A fresh fake broker with nothing published. */
export function createFakePublisher(): FakePublisher {
  const published: { topic: Topic; body: string }[] = [];
  const fake: FakePublisher = {
    published,
    broken: false,
    publish(topic, body) {
      if (fake.broken) return Promise.reject(new AppError('unavailable'));
      published.push({ topic, body });
      return Promise.resolve();
    },
  };
  return fake;
}
