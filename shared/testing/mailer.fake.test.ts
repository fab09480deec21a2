import { mailerContract } from './mailer.contract.ts';
import { createFakeMailer } from './mailer.fake.ts';

const outcomes = {
  accept: { outcome: 'sent' },
  defer: { outcome: 'deferred', reason: '451 later' },
  reject: { outcome: 'rejected', reason: '550 no such person' },
} as const;

mailerContract('in memory', () => {
  const mailer = createFakeMailer();
  return Promise.resolve({
    mailer,
    received: () => Promise.resolve(mailer.messages.map((message) => message.to)),
    answer(how) {
      mailer.outcome = outcomes[how];
    },
    close: () => Promise.resolve(),
  });
});
