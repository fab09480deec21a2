import { publisherContract } from './publisher.contract.ts';
import { createFakePublisher } from './publisher.fake.ts';

publisherContract('in memory', () => {
  const publisher = createFakePublisher();
  return Promise.resolve({
    publisher,
    received: (topic) =>
      Promise.resolve(
        publisher.published.filter((one) => one.topic === topic).map((one) => one.body),
      ),
    breakDown() {
      publisher.broken = true;
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});
