import type { ConversionOptions } from '#shared/contracts/options';
import type { Job, JobError, JobResult, Receipt } from '#shared/core/job';
import type { Claim, DiscardedFile, NewJob, PendingBell } from '#shared/core/ports';
import type { Store } from '#shared/testing/store';

let count = 0;

/** A fresh id; later ones are greater, as with UUIDv7. */
export function newTestId(): string {
  count += 1;
  return `01900000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
}

/** A fresh file id. */
export function newTestFileId(): string {
  count += 1;
  return count.toString(16).padStart(24, '0');
}

export const options: ConversionOptions = { bitrate: 192 };

export const receipt: Receipt = {
  promisedSeconds: 2,
  decodedSeconds: 2,
  samples: 88_200,
  sampleRate: 44_100,
  channels: 2,
  frames: 77,
  codec: 'aac',
  encoder: 'libmp3lame',
};

export const storageError: JobError = { code: 'storage', message: 'The storage did not answer.' };

export const limits = { maxRows: 100 };

/** Adds a person and answers their id. */
export async function addOwner(store: Store, email = `${newTestId()}@example.org`) {
  const id = newTestId();
  await store.users.create({ id, email, emailKey: email, passwordHash: '$argon2id$1' });
  return id;
}

/** A job to be, of this owner; `changes` replaces parts of it. */
export function newJob(ownerId: string, changes: Partial<NewJob> = {}): NewJob {
  return {
    id: newTestId(),
    ownerId,
    sourceFileId: newTestFileId(),
    sourceName: 'holiday.mp4',
    requestId: 'request-1',
    options,
    leaseSeconds: 60,
    maxActive: 1_000,
    ...changes,
  };
}

/** The video of a job as it was stored. */
export function storedSource({ sourceFileId }: NewJob) {
  return { fileId: sourceFileId, bytes: 5_000_000_000, sha256: `hash-of-${sourceFileId}` };
}

/** A job whose video flows in. */
export async function uploading(store: Store, ownerId: string, changes: Partial<NewJob> = {}) {
  const job = newJob(ownerId, changes);
  await store.jobIntake.open(job);
  return job;
}

/** A job that waits for a worker. */
export async function queued(
  store: Store,
  ownerId: string,
): Promise<{ job: Job; bell: PendingBell }> {
  const job = await uploading(store, ownerId);
  return store.jobIntake.accept(job.id, storedSource(job), `request-${job.id}`);
}

/** Claims the job that has waited longest. */
export async function claim(store: Store, leaseSeconds = 60): Promise<Claim> {
  const outputFileId = newTestFileId();
  const claimed = await store.jobClaims.claim({ worker: 'worker', leaseSeconds, outputFileId });
  if (!claimed) throw new Error('There is nothing to claim.');
  return claimed;
}

/** A job with its worker. */
export async function running(store: Store, ownerId: string, leaseSeconds = 60): Promise<Claim> {
  await queued(store, ownerId);
  return claim(store, leaseSeconds);
}

/** The MP3 of a claim. */
export function resultOf({ lease }: Claim): JobResult {
  return { fileId: lease.outputFileId, bytes: 48_000, sha256: 'hash', durationSeconds: 2 };
}

/** A job with its MP3. */
export async function done(store: Store, ownerId: string): Promise<Claim> {
  const claimed = await running(store, ownerId);
  await store.jobClaims.publish(claimed.lease, resultOf(claimed), receipt);
  return claimed;
}

/** A job that failed for good. */
export async function failed(store: Store, ownerId: string): Promise<Claim> {
  const claimed = await running(store, ownerId);
  await store.jobClaims.fail(claimed.lease, storageError);
  return claimed;
}

/** Ids of the files that may be deleted now, by bucket. */
export async function discardedIds(store: Store, bucket: DiscardedFile['bucket']) {
  const files = await store.jobUpkeep.discarded(limits);
  return files.filter((file) => file.bucket === bucket).map(({ fileId }) => fileId);
}

/** The steps a job went, oldest first. */
export async function stepsOf(store: Store, jobId: string) {
  return (await store.history(jobId)).map(({ step }) => step);
}
