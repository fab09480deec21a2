import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isBrokerOurs, startBroker, stopBroker } from '../../scripts/testing/broker.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import { eventually, newPerson, onlyMailTo } from '../../scripts/testing/service.ts';

/** The cron sweeps: once for the job, once for its mail. */
const bySweepMs = 75_000;

let video = '';
beforeAll(async () => {
  video = await mediaFile('index-last.mp4');
});

const whereItCanBeStopped = isBrokerOurs() ? describe : describe.skip;

whereItCanBeStopped('with RabbitMQ off', () => {
  beforeAll(stopBroker, 30_000);
  afterAll(startBroker, 90_000);

  test('an upload is taken within 5 s; MP3 and mail arrive by sweep (reliability 7)', async () => {
    const { client, email } = await newPerson();

    const startedAt = performance.now();
    const { id, state } = await client.upload(video);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(state).toBe('queued');

    const job = await eventually(
      'the job to end',
      async () => {
        const seen = await client.job(id);
        return ['queued', 'running'].includes(seen.state) ? undefined : seen;
      },
      bySweepMs,
    );
    expect(job).toMatchObject({ state: 'done', error: null, attempt: 1 });
    expect((await onlyMailTo(email, bySweepMs)).text).toContain(`/function/download/${id}`);
  }, 180_000);
});

describe('with RabbitMQ back', () => {
  test('bells are heard at once again', async () => {
    const { client } = await newPerson();
    // The connector pauses up to 10 s between two tries to connect.
    await eventually(
      'a job without a sweep',
      async () => {
        const { id } = await client.upload(video);
        const startedAt = performance.now();
        const job = await client.watch(id);
        expect(job.state).toBe('done');
        return performance.now() - startedAt < 5_000 ? job : undefined;
      },
      60_000,
    );
  }, 90_000);
});
