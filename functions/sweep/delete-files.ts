import type { Bucket, DiscardedFile, FileStore, JobUpkeep } from '#shared/core/ports';

export interface DeleteFilesDeps {
  readonly upkeep: Pick<JobUpkeep, 'deleted' | 'discarded' | 'orphans'>;
  readonly files: Pick<FileStore, 'listOlderThan' | 'remove'>;
  /** The longest an upload may take. */
  readonly uploadSeconds: number;
}

const maxRows = 1000;
const buckets: readonly Bucket[] = ['videos', 'mp3s'];

/** Deletes the files that no job needs any more, then the rows that say so. How many. */
export async function deleteDiscarded(
  { upkeep, files }: DeleteFilesDeps,
  signal: AbortSignal,
): Promise<number> {
  return forEach(await upkeep.discarded({ maxRows }), signal, async (file) => {
    await files.remove(file.bucket, file.fileId);
    await upkeep.deleted(file);
  });
}

/**
 * Deletes bytes that no row answers for and that no upload under way can have written. There are
 * none as long as every other rule holds: this is the net below them. How many.
 */
export async function deleteOrphans(deps: DeleteFilesDeps, signal: AbortSignal): Promise<number> {
  const { upkeep, files, uploadSeconds } = deps;
  const found: DiscardedFile[] = [];
  for (const bucket of buckets) {
    const old = await files.listOlderThan(bucket, 2 * uploadSeconds, maxRows);
    const orphans = old.length === 0 ? [] : await upkeep.orphans(bucket, old);
    found.push(...orphans.map((fileId) => ({ bucket, fileId })));
  }
  return forEach(found, signal, ({ bucket, fileId }) => files.remove(bucket, fileId));
}

async function forEach<T>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<number> {
  let done = 0;
  for (const item of items) {
    if (signal.aborted) break;
    await work(item);
    done += 1;
  }
  return done;
}
