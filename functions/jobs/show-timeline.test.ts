import { describe, expect, test } from '@jest/globals';
import { createFakeStore } from '#shared/testing/store.fake';
import { addOwner, done } from '#shared/testing/job-stages';
import { showTimeline } from './show-timeline.ts';

describe('showTimeline', () => {
  test('tells the owner what happened', async () => {
    const store = createFakeStore();
    const owner = await addOwner(store);
    const { job, requestId } = await done(store, owner);
    const show = showTimeline({ traces: store.jobTraces });

    const shown = await show(owner, job.id);

    expect(shown).toMatchObject({ id: job.id, requestId });
    expect(shown.entries.map(({ event }) => event)).toEqual([
      'upload_began',
      'uploaded',
      'attempt_began',
      'done',
    ]);
  });

  test('tells nobody else, in the words for a job that never was (31)', async () => {
    const store = createFakeStore();
    const { job } = await done(store, await addOwner(store));
    const stranger = await addOwner(store);
    const show = showTimeline({ traces: store.jobTraces });

    for (const id of [job.id, 'no-id']) {
      await expect(show(stranger, id)).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});
