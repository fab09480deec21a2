import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { killProcess } from '../stack/processes.ts';
import { sinkControlFile } from '../stack/smtp.ts';
import { type SinkMode, writeSinkMode } from '../stack/smtp-sink-mode.ts';
import { type AcceptedVideo, uploadShort } from '../testing/accepted.ts';
import { processOf } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { eventually, mailsTo, service } from '../testing/service.ts';
import { mailOf, makeMailDue } from '../testing/stored.ts';

function answerMails(mode: SinkMode): void {
  writeSinkMode(sinkControlFile(service.root), mode);
}
afterEach(async () => {
  answerMails('accept');
  await heal();
});

/** Until the job is done and its mail was tried; the mail does not hold the job up. */
async function doneAndTried(mode: SinkMode) {
  answerMails(mode);
  const accepted = await uploadShort();
  expect(await accepted.person.client.watch(accepted.jobId)).toMatchObject({ state: 'done' });
  const mail = await eventually('a try to send', async () => {
    const seen = await mailOf(accepted.jobId);
    return seen.reason === null ? undefined : seen;
  });
  return { accepted, mail };
}

/** How notify notes what became of a mail. */
const noteOfMail = 'UPDATE mails SET state';

async function firstCopy({ person }: AcceptedVideo): Promise<void> {
  await eventually('a mail', async () =>
    (await mailsTo(person.email)).length > 0 ? true : undefined,
  );
}

describe('the mail server', () => {
  test.each(['refuse421', 'refuse451'] as const)(
    'row 27: %s: the job is done, the mail is sent later',
    async (mode) => {
      const { accepted, mail } = await doneAndTried(mode);
      expect(mail.state).toBe('due');
      answerMails('accept');
      await makeMailDue(accepted.jobId);
      await everyPromiseHolds([accepted]);
    },
  );

  test('row 27: refuses for good: the job is done, the mail has failed', async () => {
    const { accepted, mail } = await doneAndTried('refuse550');
    expect(mail.state).toBe('failed');
    expect(await mailsTo(accepted.person.email)).toEqual([]);
    await everyPromiseHolds([accepted], { failedMails: [accepted.jobId] });
  });

  test('row 27: is away: the job is done, the mail is sent later', async () => {
    await treat('smtp', { kind: 'refuse' });
    const { accepted, mail } = await doneAndTried('accept');
    expect(mail.state).toBe('due');
    await heal();
    await makeMailDue(accepted.jobId);
    await everyPromiseHolds([accepted]);
  });

  test('row 19: took the mail, and Postgres does not hear of it: told again, no second mail', async () => {
    await treat('postgres', { kind: 'lose-request', containing: noteOfMail });
    const accepted = await uploadShort();
    await firstCopy(accepted);
    await sleep(500);
    expect(await mailOf(accepted.jobId)).toMatchObject({ state: 'due' });
    await heal();
    await everyPromiseHolds([accepted]);
  });

  test('row 28: took the mail, and notify is killed before it noted that: two mails', async () => {
    // The row says "sent" for nobody: the statement never arrives.
    await treat('postgres', { kind: 'lose-request', containing: noteOfMail });
    const accepted = await uploadShort();
    await firstCopy(accepted);
    await killProcess(processOf('notify'));
    await makeMailDue(accepted.jobId);
    await everyPromiseHolds([accepted], { copiesAllowed: 2, struck: ['notify'] });
    const ids = (await mailsTo(accepted.person.email)).map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
  });
});
