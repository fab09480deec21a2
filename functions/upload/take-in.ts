import { AppError, toAppError } from '#shared/core/errors';
import type { Job, StoredFile } from '#shared/core/job';
import type {
  FileStore,
  IdempotencyKeys,
  JobIntake,
  Log,
  NewFile,
  PendingBell,
} from '#shared/core/ports';
import { refusalOf } from '#shared/core/disguise';
import { FirstLook } from '#shared/core/first-look/first-look';
import { containerOf, signatureBytes } from '#shared/core/signature';
import { atMost } from './at-most.ts';
import { keepUpload } from './keep-upload.ts';
import { lookAt } from './look-at.ts';
import { peek } from './peek.ts';
import type { Video } from './video.ts';

/** What one person may upload. */
export interface UploadLimits {
  readonly maxBytes: number;
  /** The longest sound that is converted. */
  readonly maxSeconds: number;
  /** For the whole upload. */
  readonly uploadSeconds: number;
  /** How long an upload lasts that its process tells nothing of. */
  readonly leaseSeconds: number;
  /** Jobs of one person that may be under way at once. */
  readonly maxActive: number;
}

export interface TakeInDeps {
  readonly intake: JobIntake;
  readonly files: Pick<FileStore, 'newFileId' | 'write'>;
  readonly keys: Pick<IdempotencyKeys, 'complete' | 'release'>;
  readonly limits: UploadLimits;
  readonly log: Log;
  /** Never rejects: what does not ring is rung by the sweep. */
  ring(bells: readonly PendingBell[]): Promise<unknown>;
  /** Goes on after the answer, within reach of a shutdown. */
  inBackground(work: () => Promise<unknown>): void;
}

/** The job to be. */
export interface Arrival {
  readonly jobId: string;
  readonly ownerId: string;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  readonly toldBytes: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens the job, stores the video while it flows, and queues the job: commit, then answer. The
 * bell rings after the answer, because a broker that is away must not keep the person waiting, and
 * a bell that is lost with this process is still in the outbox.
 */
export function takeIn(deps: TakeInDeps) {
  return async (arrival: Arrival, video: Video): Promise<Job> => {
    const { jobId, ownerId, requestId } = arrival;
    const file = {
      fileId: deps.files.newFileId(),
      jobId,
      ownerId,
      contentType: 'application/octet-stream',
      name: video.name,
    };
    await open(deps, arrival, video, file.fileId);
    try {
      const stored = await store(deps, arrival, video, file);
      const { job, bell } = await accept(deps.intake, jobId, stored, requestId);
      deps.inBackground(() => deps.ring([bell]));
      deps.inBackground(() => complete(deps, arrival, stored.sha256));
      return job;
    } catch (error) {
      throw await giveUp(deps, arrival, error);
    }
  };
}

async function open(deps: TakeInDeps, arrival: Arrival, video: Video, fileId: string) {
  const { jobId, ownerId, requestId, idempotencyKey: key } = arrival;
  const { leaseSeconds, maxActive } = deps.limits;
  try {
    await deps.intake.open({
      id: jobId,
      ownerId,
      sourceFileId: fileId,
      sourceName: video.name,
      requestId,
      options: video.options,
      leaseSeconds,
      maxActive,
    });
  } catch (error) {
    if (key !== undefined) deps.inBackground(() => deps.keys.release(ownerId, key));
    throw await giveUp(deps, arrival, error);
  }
}

async function store(
  deps: TakeInDeps,
  arrival: Arrival,
  video: Video,
  file: NewFile,
): Promise<StoredFile> {
  const kept = keepUpload(deps.intake, arrival.jobId, deps.limits.leaseSeconds);
  try {
    const signal = AbortSignal.any([arrival.signal, kept.lost]);
    return await write(deps, { ...arrival, signal }, video, file);
  } finally {
    kept.end();
  }
}

async function write(
  { files, limits }: TakeInDeps,
  { toldBytes, signal }: Arrival,
  video: Video,
  file: NewFile,
): Promise<StoredFile> {
  const { head, whole, leave } = await peek(video.bytes, signatureBytes);
  const container = containerOf(head);
  if (container === undefined) {
    leave();
    throw head.length > 0 ? refusalOf(head) : empty();
  }
  const look = new FirstLook(container, { ...limits, ...video.options });
  const pieces = lookAt(atMost(whole, limits.maxBytes), look);
  const stored = await files.write('videos', file, pieces, signal);
  if (toldBytes !== undefined && toldBytes !== stored.bytes) {
    const message = `${toldBytes} bytes were announced, ${stored.bytes} arrived. Send it again.`;
    throw new AppError('upload_incomplete', message);
  }
  return stored;
}

function empty(): AppError {
  const problems = [{ path: 'video', message: 'The file is empty.' }];
  return new AppError('invalid_input', 'The file is empty.', { problems });
}

async function accept(
  intake: JobIntake,
  jobId: string,
  stored: StoredFile,
  requestId: string,
): ReturnType<JobIntake['accept']> {
  try {
    return await intake.accept(jobId, stored, requestId);
  } catch (error) {
    if (toAppError(error).code !== 'unavailable') throw error;
    // It may be committed and only the reply lost: asked again, it answers the same.
    return intake.accept(jobId, stored, requestId);
  }
}

/** What is not written down here, the stores know from the job's row. */
async function complete({ keys }: TakeInDeps, arrival: Arrival, sha256: string): Promise<void> {
  const { ownerId, idempotencyKey: key } = arrival;
  if (key !== undefined) await keys.complete(ownerId, key, sha256);
}

/** Aborts the job, and gives the error that says why. */
async function giveUp(deps: TakeInDeps, arrival: Arrival, cause: unknown): Promise<AppError> {
  const { jobId, signal } = arrival;
  const error = toAppError(signal.aborted ? signal.reason : cause);
  const { code, message } = error;
  const abort = async () => {
    try {
      await deps.intake.abort(jobId, { code, message });
    } catch (failure) {
      deps.log.warn({ err: failure, jobId }, 'upload left to the sweep');
    }
  };
  // A store that does not answer would keep the person waiting once more.
  if (code === 'unavailable') deps.inBackground(abort);
  else await abort();
  return error;
}
