import { describe, expect, test } from '@jest/globals';
import type { JobView } from '#shared/contracts/jobs';
import { longFile } from '../../scripts/testing/media.ts';
import { newPerson } from '../../scripts/testing/service.ts';

describe('the events of a job', () => {
  test('arrive through the gateway while it runs, in order', async () => {
    const video = await longFile(10);
    const { client } = await newPerson();
    const { id } = await client.upload(video);

    const seen: { at: number; job: JobView }[] = [];
    const last = await client.watch(id, (job) => seen.push({ at: performance.now(), job }));

    const states = seen.map(({ job }) => job.state).filter((state, i, all) => state !== all[i - 1]);
    expect(states).toEqual(
      states.includes('queued') ? ['queued', 'running', 'done'] : ['running', 'done'],
    );
    const shares = seen.map(({ job }) => job.progress);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.filter((share) => share > 0 && share < 1)).not.toEqual([]);
    const moving = seen.filter(({ job }) => job.progress > 0.02 && job.state === 'running');
    for (const { job } of moving) expect(job.estimatedSecondsLeft).toBeGreaterThanOrEqual(0);
    expect(moving).not.toEqual([]);
    expect(last).toMatchObject({ estimatedSecondsLeft: null, queue: null });
    expect(last).toEqual(await client.job(id));
    // Not all of them at the end: the gateway passes each on as it comes.
    const [first] = seen;
    expect((seen.at(-1)?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(500);
  });

  test('of a job that is over are its last state, and the stream ends', async () => {
    const { client } = await newPerson();
    const { id } = await client.upload(await longFile(1));
    await client.watch(id);
    const answer = await client.call(`jobs/${id}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect((await answer.text()).match(/^event: job$/gm)).toHaveLength(1);
  });
});
