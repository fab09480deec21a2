import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversionOptions } from '#shared/contracts/options';
import type { Claim, FileStore } from '#shared/core/ports';
import { addOwner, newTestId } from '#shared/testing/job-stages';
import type { Store } from '#shared/testing/store';

/** Where a job waits, and where its video is. */
export interface Stores {
  readonly store: Store;
  readonly files: FileStore;
}

/** What is queued besides the bytes of a video. */
export interface Order {
  readonly options: ConversionOptions;
  /** What the row says of the video's size, where that is not the truth. */
  readonly saidBytes?: number;
}

/** A person's video, uploaded whole and waiting for a worker. */
export async function queueVideo(
  { store, files }: Stores,
  video: AsyncIterable<Uint8Array>,
  { options, saidBytes }: Order,
) {
  const ownerId = await addOwner(store);
  const id = newTestId();
  const sourceFileId = files.newFileId();
  await store.jobIntake.open({
    ...{ id, ownerId, sourceFileId, sourceName: 'holiday.mp4', options },
    ...{ leaseSeconds: 60, maxActive: 9 },
  });
  const about = { fileId: sourceFileId, jobId: id, ownerId, contentType: 'video/mp4', name: 'v' };
  const stored = await files.write('videos', about, video);
  await store.jobIntake.accept(id, { ...stored, bytes: saidBytes ?? stored.bytes }, 'request-1');
  return { ownerId, id };
}

/** What a worker takes next; rejects when nothing waits. */
export async function claimNext({ store, files }: Stores, leaseSeconds = 60): Promise<Claim> {
  const outputFileId = files.newFileId();
  const claim = await store.jobClaims.claim({ worker: 'w', leaseSeconds, outputFileId });
  if (!claim) throw new Error('There is nothing to claim.');
  return claim;
}

/** Time as it passes. */
export const realClock = {
  now: () => performance.now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms, undefined, { signal }),
};
