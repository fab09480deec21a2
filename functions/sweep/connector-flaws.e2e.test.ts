import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { exchange, queueName, topics } from '#shared/contracts/events';
import type { FlawCode } from '../../scripts/emulator/connector/flaws.ts';
import {
  hasStruck,
  lookAtConnector,
  provoke,
  queuesAreEmpty,
  restartConnector,
  untilDeaf,
} from '../../scripts/testing/connector.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import {
  eventually,
  mailsTo,
  newPerson,
  onlyMailTo,
  type Person,
  service,
  sweepNow,
} from '../../scripts/testing/service.ts';
import { missBells, stepsOf, storedFiles } from '../../scripts/testing/stored.ts';

/*
 * The flaws of the connector (docs/emulator.md), each provoked while real jobs are on their way.
 * Whatever it does, a job ends once: one attempt, one MP3, one mail, and nothing in the queues.
 */

let video = '';
beforeAll(async () => {
  video = await mediaFile('index-last.mp4', 2);
});
beforeEach(restartConnector, 30_000);
afterAll(restartConnector, 30_000);

interface Submitted {
  readonly person: Person;
  readonly id: string;
}

async function submit(): Promise<Submitted> {
  const person = await newPerson();
  const { id } = await person.client.upload(video);
  return { person, id };
}

/** Sweeps as the cron does every 30 s, without the time in between. */
async function mailedBySweep({ person, id }: Submitted): Promise<void> {
  await eventually(
    'a mail, by sweep',
    async () => {
      await missBells(id);
      await sweepNow();
      return (await mailsTo(person.email))[0];
    },
    60_000,
  );
}

async function expectRightEnd({ person, id }: Submitted): Promise<void> {
  const mail = await onlyMailTo(person.email);
  expect(mail.text).toContain(`/function/download/${id}`);
  expect(await person.client.job(id)).toMatchObject({ state: 'done', attempt: 1, error: null });
  expect(await stepsOf(id)).toEqual(['accept', 'claim', 'publish']);
  expect(await storedFiles({ job: id })).toEqual({ videos: 1, mp3s: 1 });
}

/** Bells that the connector held, or that pile up, are rung once more: nothing comes of it. */
async function expectNothingLeft(submitted: Submitted): Promise<void> {
  await restartConnector();
  await queuesAreEmpty();
  await expectRightEnd(submitted);
}

describe('a bell that the connector loses: the sweep knocks at the function itself', () => {
  const codes = ['L1', 'L2', 'L3', 'L4', 'L5'] as const;
  const submitted = new Map<FlawCode, Submitted>();

  // Any bell that is heard wakes the work for all jobs: each is lost before the first is missed.
  beforeAll(async () => {
    for (const code of codes) {
      await restartConnector();
      await provoke(code, 1);
      submitted.set(code, await submit());
      await hasStruck(code);
    }
    for (const { person, id } of submitted.values()) {
      expect(await person.client.job(id)).toMatchObject({ state: 'queued', attempt: 0 });
    }
  }, 60_000);

  test.each(codes)('%s: the job is done once', async (code) => {
    const { id, person } = submitted.get(code)!;
    await mailedBySweep({ id, person });
    await expectRightEnd({ id, person });
  });

  test('nothing is left in the queues', async () => {
    await queuesAreEmpty();
    for (const one of submitted.values()) await expectRightEnd(one);
  });
});

describe('a bell that no queue takes: the publisher is told, and the sweep rings it', () => {
  test('L6: the job is done once', async () => {
    await provoke('L6', 1);
    await hasStruck('L6');
    const submitted = await submit();
    await mailedBySweep(submitted);
    await expectRightEnd(submitted);
    await expectNothingLeft(submitted);
  });
});

describe('a bell that the connector rings twice: the second changes nothing', () => {
  test.each([
    ['D1', 3],
    ['D2', 4],
    ['D3', 2],
    ['D4', 4],
    ['D5', 2],
    ['D6', 5],
  ] as const)('%s: the job is done once', async (code, times) => {
    await provoke(code, times);
    const submitted = await submit();
    await hasStruck(code);
    await expectRightEnd(submitted);
    await expectNothingLeft(submitted);
  });
});

describe('a bell that spins: it is heard when the cause is gone', () => {
  test.each(['S1', 'S2', 'S3', 'S4', 'S5'] as const)('%s: the job is done once', async (code) => {
    await provoke(code, 500);
    const submitted = await submit();
    await hasStruck(code);
    await expectRightEnd(submitted);
    await expectNothingLeft(submitted);
  });

  test('S1: a bell that nobody signed is refused for ever, and the others are heard', async () => {
    await publishForged(3_000);
    const submitted = await submit();
    await expectRightEnd(submitted);
    await expectNothingLeft(submitted);
  });
});

describe('a connector that has stopped to listen: the sweep gets the jobs done', () => {
  test.each(['T1', 'T2', 'T3'] as const)(
    '%s: the job is done once',
    async (code) => {
      const { starts } = await lookAtConnector();
      await provoke(code, 1);
      await untilDeaf();
      const submitted = await submit();
      await mailedBySweep(submitted);
      expect(await lookAtConnector()).toMatchObject({ starts, consumed: [] });
      await expectRightEnd(submitted);
      await expectNothingLeft(submitted);
    },
    90_000,
  );
});

/** Into every queue, for so long. */
async function publishForged(ms: number): Promise<void> {
  const broker = await connect(service.amqpUrl);
  const channel = await broker.createConfirmChannel();
  for (const topic of topics) {
    await channel.checkQueue(queueName(topic));
    channel.publish(exchange, topic, Buffer.from('forged'), { expiration: ms });
  }
  await channel.waitForConfirms();
  await broker.close();
}
