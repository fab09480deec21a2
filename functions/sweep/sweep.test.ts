import { describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { JobUpkeep } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { createFakePublisher } from '#shared/testing/publisher.fake';
import { noRetention } from '#shared/testing/store';
import { createFakeStore } from '#shared/testing/store.fake';
import { createFakeEvents } from '#shared/testing/tokens.fake';
import { sweep } from './sweep.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const inTime = new AbortController().signal;
const jobId = '01890000-0000-7000-8000-000000000001';

async function* bytesOf(text: string) {
  await Promise.resolve();
  yield Buffer.from(text);
}

function setUp({
  retention,
  upkeep,
}: { retention?: typeof noRetention; upkeep?: Partial<JobUpkeep> } = {}) {
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const store = createFakeStore({ now, ...(retention && { retention }) });
  const files = createFakeFileStore(() => new Date(clock.now));
  const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
  const noted: unknown[] = [];
  const run = sweep({
    upkeep: {
      ...store.jobUpkeep,
      swept: (counts) => Promise.resolve(void noted.push({ ...counts })),
      ...upkeep,
    },
    outbox: store.outbox,
    files,
    signer: createFakeEvents(),
    broker,
    gateway,
    uploadSeconds: 3600,
    log: quiet,
  });
  return { run: (signal = inTime) => run(signal), store, files, broker, gateway, clock, noted };
}

type Setting = ReturnType<typeof setUp>;

/** A job whose upload is under way, with its bytes stored. */
async function upload({ store, files }: Setting) {
  await store.users.create({ id: 'ada', email: 'a@x.com', emailKey: 'a@x.com', passwordHash: '' });
  const sourceFileId = files.newFileId();
  await store.jobIntake.open({
    id: jobId,
    ownerId: 'ada',
    sourceFileId,
    sourceName: 'v.mp4',
    options: { bitrate: 192 },
    leaseSeconds: 3600,
    maxActive: 3,
  });
  const file = { fileId: sourceFileId, jobId, ownerId: 'ada', contentType: '', name: 'v.mp4' };
  return files.write('videos', file, bytesOf('video'));
}

async function queue(setting: Setting) {
  return setting.store.jobIntake.accept(jobId, await upload(setting), 'call-1');
}

const state = async ({ store }: Setting) => (await store.jobShelf.find('ada', jobId))?.state;
const topics = ({ published }: Setting['broker']) => published.map(({ topic }) => topic);

describe('sweep', () => {
  test('rings a bell that is 5 s old and has not rung, once', async () => {
    const setting = setUp();
    await queue(setting);
    setting.clock.now += 5_000;
    expect(await setting.run()).toMatchObject({ rung: 1 });
    expect(await setting.run()).toMatchObject({ rung: 0 });
    expect(topics(setting.broker)).toEqual(['video_uploaded']);
  });

  test('leaves a younger bell to whoever committed it', async () => {
    const setting = setUp();
    await queue(setting);
    setting.clock.now += 4_999;
    expect(await setting.run()).toMatchObject({ rung: 0 });
    expect(setting.broker.published).toEqual([]);
  });

  test('reliability 12: goes to the function for a job unheard for 30 s, not before', async () => {
    const setting = setUp();
    const { bell } = await queue(setting);
    await setting.store.outbox.rung([bell.outboxId]);
    setting.clock.now += 29_999;
    expect(await setting.run()).toMatchObject({ called: 0 });
    setting.clock.now += 1;
    expect(await setting.run()).toMatchObject({ called: 1 });
    expect(topics(setting.gateway)).toEqual(['video_uploaded']);
    expect(setting.broker.published).toEqual([]);
  });

  test('test zero: without a broker jobs, and then their mails, are heard by sweep alone', async () => {
    const setting = setUp();
    setting.broker.broken = true;
    await queue(setting);
    setting.clock.now += 5_000;
    await setting.run();
    const outputFileId = setting.files.newFileId();
    const claim = await setting.store.jobClaims.claim({
      worker: 'w',
      leaseSeconds: 60,
      outputFileId,
    });
    await setting.store.jobClaims.fail(claim!.lease, { code: 'no_audio', message: 'No sound.' });
    setting.clock.now += 5_000;
    await setting.run();
    expect(topics(setting.gateway)).toEqual(['video_uploaded', 'conversion_failed']);
  });

  test('calls for mails that are due and unheard', async () => {
    const setting = setUp();
    await setting.store.users.create({
      id: 'ada',
      email: 'a@x',
      emailKey: 'a@x',
      passwordHash: '',
    });
    await setting.store.users.create({
      id: 'bob',
      email: 'a@x',
      emailKey: 'a@x',
      passwordHash: '',
    });
    setting.clock.now += 30_000;
    expect(await setting.run()).toMatchObject({ mailed: 1 });
    expect(topics(setting.gateway)).toEqual(['conversion_completed']);
  });

  test('reliability 32: fails a job that used its attempts up and tells so', async () => {
    const setting = setUp();
    await queue(setting);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const outputFileId = setting.files.newFileId();
      await setting.store.jobClaims.claim({ worker: 'w', leaseSeconds: 60, outputFileId });
      setting.clock.now += 60_001;
    }
    expect(await setting.run()).toMatchObject({ exhausted: 1 });
    expect(await state(setting)).toBe('failed');
    expect(topics(setting.broker)).toContain('conversion_failed');
  });

  test('reliability 21: ends an upload past its deadline and deletes its bytes', async () => {
    const setting = setUp();
    const { fileId } = await upload(setting);
    setting.clock.now += 3_599_000;
    expect(await setting.run()).toMatchObject({ aborted: 0 });
    setting.clock.now += 2_000;
    expect(await setting.run()).toMatchObject({ aborted: 1 });
    setting.clock.now += 3_600_000;
    expect(await setting.run()).toMatchObject({ deleted: 1 });
    expect(await setting.files.chunkCount('videos', fileId)).toBe(0);
    expect(await setting.run()).toMatchObject({ aborted: 0, deleted: 0 });
  });

  test('deletes what is past its retention, bytes and row', async () => {
    const setting = setUp({ retention: noRetention });
    await queue(setting);
    const { fileId } = (await setting.store.jobShelf.find('ada', jobId))!.source;
    await setting.store.jobShelf.cancel('ada', jobId);
    expect(await setting.run()).toMatchObject({ expired: 1, deleted: 1 });
    expect(await setting.files.chunkCount('videos', fileId)).toBe(0);
    await setting.run();
    expect(await state(setting)).toBeUndefined();
  });

  test('I6: deletes bytes no row answers for once no upload can still write them', async () => {
    const setting = setUp();
    const fileId = setting.files.newFileId();
    const file = { fileId, jobId, ownerId: 'ada', contentType: '', name: '' };
    await setting.files.write('mp3s', file, bytesOf('orphan'));
    setting.clock.now += 7_200_000;
    expect(await setting.run()).toMatchObject({ orphans: 0 });
    setting.clock.now += 1;
    expect(await setting.run()).toMatchObject({ orphans: 1 });
    expect(await setting.files.chunkCount('mp3s', fileId)).toBe(0);
  });

  test('leaves old bytes that a row answers for', async () => {
    const setting = setUp();
    await queue(setting);
    const { fileId } = (await setting.store.jobShelf.find('ada', jobId))!.source;
    setting.clock.now += 7_300_000;
    expect(await setting.run()).toMatchObject({ orphans: 0 });
    expect(await setting.files.chunkCount('videos', fileId)).toBe(1);
  });

  test('a step that fails keeps no other from its work, and is noted', async () => {
    const down = () => Promise.reject(new AppError('unavailable'));
    const setting = setUp({ upkeep: { unrung: down, unheard: down } });
    await upload(setting);
    setting.clock.now += 3_601_000;
    expect(await setting.run()).toMatchObject({ rung: -1, called: -1, aborted: 1 });
    expect(setting.noted).toEqual([expect.objectContaining({ rung: -1, aborted: 1 })]);
  });

  test('does not reject when nothing can be noted down', async () => {
    const setting = setUp({ upkeep: { swept: () => Promise.reject(new AppError('unavailable')) } });
    await expect(setting.run()).resolves.toMatchObject({ rung: 0 });
  });

  test('begins no step once its time is over', async () => {
    const setting = setUp();
    expect(await setting.run(AbortSignal.abort())).toEqual({});
  });
});
