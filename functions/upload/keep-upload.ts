import { AppError } from '#shared/core/errors';
import type { JobIntake } from '#shared/core/ports';

/** An upload under way, as long as the store hears of it. */
export interface KeptUpload {
  /** Aborts with `upload_timeout` when the upload was given up: nothing may be stored for it. */
  readonly lost: AbortSignal;
  end(): void;
}

/** Of six beats five may be lost before the sweep takes the upload for dead. */
const beatsPerLease = 6;

/**
 * Tells the store now and then that the upload goes on. When this process dies, the sweep gives the
 * upload up a lease later, and with it the person's Idempotency-Key.
 */
export function keepUpload(
  intake: Pick<JobIntake, 'renew'>,
  jobId: string,
  leaseSeconds: number,
): KeptUpload {
  const lost = new AbortController();
  const beat = () =>
    intake.renew(jobId, leaseSeconds).then(
      (isKept) => {
        if (!isKept) lost.abort(new AppError('upload_timeout'));
      },
      // The store may answer the next one.
      () => undefined,
    );
  const timer = setInterval(() => void beat(), (leaseSeconds * 1_000) / beatsPerLease);
  return { lost: lost.signal, end: () => clearInterval(timer) };
}
