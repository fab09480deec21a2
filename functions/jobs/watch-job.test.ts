import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JobChanges } from '#shared/core/ports';
import { createFakeStore } from '#shared/testing/store.fake';
import { eventStream } from './event-stream.ts';
import { type Notice, watchJob, type WatchTimes } from './watch-job.ts';

const ada = '0190a8f0-0000-7000-8000-00000000000a';
const id = '0190a8f0-0000-7000-8000-000000000001';
const fast: WatchTimes = { pauseMs: 1, beatMs: 1_000, longestMs: 5_000 };

const store = () => createFakeStore();
let truth: ReturnType<typeof store>;
let subscribed: number;
let client: AbortController;

beforeEach(async () => {
  truth = store();
  subscribed = 0;
  client = new AbortController();
  await truth.users.create({ id: ada, email: 'a', emailKey: 'a', passwordHash: 'x' });
  await truth.jobIntake.open({
    id,
    ownerId: ada,
    sourceFileId: '1'.repeat(24),
    sourceName: 'clip.mp4',
    options: { bitrate: 192 },
    leaseSeconds: 60,
    maxActive: 3,
  });
});

/** The changes of the store, counting who listens. */
const counted: JobChanges = {
  subscribe: async (jobId, onChange) => {
    const unsubscribe = await truth.jobChanges.subscribe(jobId, onChange);
    subscribed += 1;
    return () => {
      subscribed -= 1;
      unsubscribe();
    };
  },
};
const deaf: JobChanges = { subscribe: () => Promise.resolve(() => undefined) };

const hurry = () => undefined;
const watch = (times: Partial<WatchTimes> = {}, changes = counted) =>
  watchJob({
    shelf: truth.jobShelf,
    outlooks: truth.jobOutlooks,
    hurry,
    changes,
    times: { ...fast, ...times },
  })(ada, id, client.signal);

const accept = () =>
  truth.jobIntake.accept(id, { fileId: '1'.repeat(24), bytes: 1, sha256: 'a' }, 'call');
const stateOf = (notice: Notice | undefined) =>
  typeof notice === 'object' ? notice.state : notice;

async function statesOf(notices: AsyncIterable<Notice>) {
  const states = [];
  for await (const notice of notices) states.push(stateOf(notice));
  return states;
}

describe('watchJob', () => {
  test('tells the present state, then each change, and ends with the job', async () => {
    const notices = await watch();
    const states: unknown[] = [stateOf((await notices.next()).value ?? undefined)];
    await accept();
    states.push(stateOf((await notices.next()).value ?? undefined));
    await truth.jobShelf.cancel(ada, id);
    states.push(...(await statesOf(notices)));
    expect(states).toEqual(['uploading', 'queued', 'cancelled']);
    expect(subscribed).toBe(0);
  });

  test('tells of a job that is over once and ends', async () => {
    await truth.jobIntake.abort(id, { code: 'not_media', message: 'No.' });
    expect(await statesOf(await watch())).toEqual(['aborted']);
  });

  test('makes one event of many changes in a short time', async () => {
    const notices = await watch({ pauseMs: 100 });
    await notices.next();
    const next = notices.next();
    await accept();
    await truth.jobShelf.cancel(ada, id);
    expect(stateOf((await next).value ?? undefined)).toBe('cancelled');
    expect((await notices.next()).done).toBe(true);
  });

  test('loses no change that falls between the first look and the listening', async () => {
    const changes: JobChanges = {
      subscribe: async (jobId, onChange) => {
        await accept();
        return counted.subscribe(jobId, onChange);
      },
    };
    const notices = await watch({}, changes);
    expect(stateOf((await notices.next()).value ?? undefined)).toBe('queued');
    await notices.return();
  });

  test('gives a sign of life where nothing changes', async () => {
    const notices = await watch({ beatMs: 5 });
    await notices.next();
    expect((await notices.next()).value).toBe('unchanged');
    await notices.return();
  });

  test('sees a change at the next beat when its notice was lost', async () => {
    const notices = await watch({ beatMs: 20 }, deaf);
    await notices.next();
    await accept();
    expect(stateOf((await notices.next()).value ?? undefined)).toBe('queued');
    await notices.return();
  });

  test('tells of a shorter queue at the next beat', async () => {
    const other = '0190a8f0-0000-7000-8000-000000000002';
    await truth.jobIntake.open({
      id: other,
      ownerId: ada,
      sourceFileId: '2'.repeat(24),
      sourceName: 'first.mp4',
      options: {},
      leaseSeconds: 60,
      maxActive: 3,
    });
    await truth.jobIntake.accept(other, { fileId: '2'.repeat(24), bytes: 1, sha256: 'b' }, 'call');
    await sleep(5);
    await accept();
    const notices = await watch({ beatMs: 20 });
    const ahead = async () => {
      const { value } = await notices.next();
      return typeof value === 'object' ? value.queue?.ahead : value;
    };
    expect(await ahead()).toBe(1);
    await truth.jobShelf.cancel(ada, other);
    expect(await ahead()).toBe(0);
    await notices.return();
  });

  test('ends by itself before a gateway cuts it off', async () => {
    const started = Date.now();
    await statesOf(await watch({ beatMs: 10, longestMs: 50 }));
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(subscribed).toBe(0);
  });

  test('ends at once when the client is gone, and listens no more', async () => {
    const notices = await watch();
    await notices.next();
    const rest = statesOf(notices);
    await sleep(5);
    expect(subscribed).toBe(1);
    client.abort();
    expect(await rest).toEqual([]);
    expect(subscribed).toBe(0);
  });

  test('ends when the job is deleted', async () => {
    const notices = await watch();
    await notices.next();
    await truth.users.remove(ada);
    expect(await statesOf(notices)).toEqual([]);
  });

  test('shows another person nothing and does not listen (31)', async () => {
    const { jobShelf: shelf, jobOutlooks: outlooks } = truth;
    const deps = { shelf, outlooks, hurry, changes: counted, times: fast };
    const bob = '0190a8f0-0000-7000-8000-00000000000b';
    await expect(watchJob(deps)(bob, id, client.signal)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(subscribed).toBe(0);
  });
});

describe('eventStream', () => {
  async function textOf(notices: AsyncIterable<Notice>) {
    let text = '';
    for await (const piece of eventStream(notices)) text += Buffer.from(piece).toString();
    return text;
  }

  test('writes each state as an event with name, id and data on one line', async () => {
    await truth.jobShelf.cancel(ada, id);
    await accept();
    await truth.jobShelf.cancel(ada, id);
    const blocks = (await textOf(await watch())).split('\n\n');
    expect(blocks).toHaveLength(3);
    expect(blocks[0]).toBe('retry: 2000');
    expect(blocks[1]).toMatch(/^event: job\nid: \d{4}-[^\n]*Z\ndata: \{[^\n]*"cancelled"[^\n]*\}$/);
  });

  test('writes a sign of life as a comment', async () => {
    async function* quiet(): AsyncGenerator<Notice> {
      await Promise.resolve();
      yield 'unchanged';
    }
    expect(await textOf(quiet())).toBe('retry: 2000\n\n: still here\n\n');
  });
});
