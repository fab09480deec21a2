import { describe, expect, test } from '@jest/globals';
import { addOwner, done } from '#shared/testing/job-stages';
import { createFakeStore } from '#shared/testing/store.fake';
import { countedMails } from './counted-mails.ts';

async function counted() {
  const store = createFakeStore();
  await done(store, await addOwner(store));
  const outcomes: string[] = [];
  const mails = countedMails(store.mails, (outcome) => void outcomes.push(outcome));
  return { outcomes, mails, mail: await mails.claim(60) };
}

describe('countedMails', () => {
  test('counts each try by its outcome', async () => {
    const { outcomes, mails, mail } = await counted();
    await mails.postpone(mail?.id ?? '', 0, 'later');
    await mails.fail(mail?.id ?? '', 'no');
    await mails.sent(mail?.id ?? '');
    expect(outcomes).toEqual(['postponed', 'failed', 'sent']);
  });

  test('counts no mail that is only taken', async () => {
    expect((await counted()).outcomes).toEqual([]);
  });
});
