import { AppError } from '#shared/core/errors';
import type { Job, JobResult } from '#shared/core/job';
import type { FileStore, JobShelf, Log } from '#shared/core/ports';
import type { ByteRange } from './range.ts';

export interface OpenMp3Deps {
  readonly shelf: Pick<JobShelf, 'noteDamage'>;
  readonly files: Pick<FileStore, 'info' | 'read'>;
  readonly log: Log;
}

/** What of a result is read. */
export interface Mp3Part extends Pick<JobResult, 'fileId' | 'bytes'> {
  readonly range: ByteRange;
}

/**
 * The bytes of the MP3 of a job. Rejects with `stored_file_damaged`, now or in the midst of them,
 * where it is not in the store as it was published, and notes that on the job.
 */
export async function openMp3(
  deps: OpenMp3Deps,
  job: Job,
  { fileId, bytes, range }: Mp3Part,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const info = await deps.files.info('mp3s', fileId);
  if (info?.bytes === bytes)
    return watched(deps, job, deps.files.read('mp3s', fileId, range, signal));
  const damage = new AppError('stored_file_damaged');
  await note(deps, job, damage);
  throw damage;
}

async function* watched(
  deps: OpenMp3Deps,
  job: Job,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    if (error instanceof AppError && error.code === 'stored_file_damaged') {
      await note(deps, job, error);
    }
    throw error;
  }
}

async function note(
  { shelf, log }: OpenMp3Deps,
  { id, ownerId }: Job,
  { code, message }: AppError,
): Promise<void> {
  try {
    await shelf.noteDamage(ownerId, id, { code, message });
  } catch (error) {
    log.warn({ err: error, jobId: id }, 'a damaged MP3 is not noted: the next download does it');
  }
}
