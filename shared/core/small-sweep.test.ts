import { beforeEach, describe, expect, test } from '@jest/globals';
import { ringBells } from '#shared/core/bell';
import { createSilentLog } from '#shared/testing/log.fake';
import { addOwner, claim, done, queued } from '#shared/testing/job-stages';
import { createFakePublisher } from '#shared/testing/publisher.fake';
import { createFakeStore } from '#shared/testing/store.fake';
import { createFakeEvents } from '#shared/testing/tokens.fake';
import { isLate, smallSweep } from './small-sweep.ts';

const recent = { bytes: 0, seconds: 0 };

describe('isLate', () => {
  test.each([
    ['queued', 29, false],
    ['queued', 31, true],
    ['running', 0, false],
    ['running', 1, true],
  ] as const)('a job that is %s and %d s over its time: %s', (state, overdueSeconds, late) => {
    expect(isLate(state, { recent, overdueSeconds })).toBe(late);
  });
});

describe('smallSweep (36)', () => {
  let clock: { now: number };
  let store: ReturnType<typeof createFakeStore>;
  let publisher: ReturnType<typeof createFakePublisher>;
  let sweep: () => Promise<void>;
  let owner: string;
  const topics = () => publisher.published.map(({ topic }) => topic);
  const after = (seconds: number) => {
    clock.now += seconds * 1_000;
    return sweep();
  };

  beforeEach(async () => {
    clock = { now: 1_000_000 };
    store = createFakeStore({ now: () => clock.now });
    publisher = createFakePublisher();
    const shared = { signer: createFakeEvents(), publisher, log: createSilentLog() };
    sweep = smallSweep({
      ...shared,
      upkeep: store.jobUpkeep,
      ring: ringBells({ ...shared, outbox: store.outbox }),
      now: () => clock.now,
    });
    owner = await addOwner(store);
  });

  test('rings a bell that did not ring, once', async () => {
    await queued(store, owner);
    await after(5);
    await after(5);
    expect(topics()).toEqual(['video_uploaded']);
  });

  test('rings for a job that nobody came for, and not before it is late', async () => {
    const { bell } = await queued(store, owner);
    await store.outbox.rung([bell.outboxId]);
    await after(29);
    expect(topics()).toEqual([]);
    await after(5);
    expect(topics()).toEqual(['video_uploaded']);
  });

  test('fails a job whose attempts are used up, with its bell', async () => {
    const { job, bell } = await queued(store, owner);
    await store.outbox.rung([bell.outboxId]);
    for (let attempt = 1; attempt <= 5; attempt += 1) await claim(store, 0);
    await after(1);
    expect(await store.jobShelf.find(owner, job.id)).toMatchObject({ state: 'failed' });
    expect(topics()).toEqual(['conversion_failed']);
  });

  test('rings for a mail that nobody came for', async () => {
    await done(store, owner);
    for (const { outboxId } of await store.jobUpkeep.unrung(0, { maxRows: 10 })) {
      await store.outbox.rung([outboxId]);
    }
    await after(31);
    expect(topics()).toEqual(['conversion_completed']);
  });

  test('does nothing within 5 s of its last time, however often it is asked', async () => {
    await after(0);
    await queued(store, owner);
    await after(4.9);
    expect(topics()).toEqual([]);
    await after(0.1);
    expect(topics()).toEqual(['video_uploaded']);
  });

  test('leaves all to the next when the broker is away, and rejects nothing', async () => {
    publisher.broken = true;
    await queued(store, owner);
    await expect(after(31)).resolves.toBeUndefined();
    publisher.broken = false;
    await after(5);
    expect(topics()).toContain('video_uploaded');
  });
});
