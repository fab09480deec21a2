import { askAgain } from '#shared/core/ask-again';
import { AppError, toAppError } from '#shared/core/errors';
import { backoffMs, mayTryAgain } from '#shared/core/jobs';
import type { Claim } from '#shared/core/ports';
import type { ConvertDeps } from './deps.ts';
import { LeaseLost, Stopped } from './interruption.ts';
import { keepLease } from './keep-lease.ts';
import type { Standing } from './keep-lease.ts';
import { makeMp3 } from './make-mp3.ts';
import type { StoredMp3 } from './stored-mp3.ts';

/**
 * Works on one claimed job until it is published, failed, postponed or given back. Never rejects:
 * what cannot be written down now (no store answers) shows when the lease runs out. When it
 * resolves, no ffmpeg of the job is left. `stopping` aborts with {@link Stopped}.
 */
export function convertJob(deps: ConvertDeps) {
  const make = makeMp3(deps);
  return async (claim: Claim, stopping: AbortSignal): Promise<void> => {
    const standing: Standing = { progress: claim.job.progress, checkpoint: undefined };
    const lease = keepLease(deps, claim.lease, standing);
    const deadline = startDeadline(deps);
    const signal = AbortSignal.any([stopping, lease.lost, deadline.passed]);
    try {
      const mp3 = await make(claim, standing, signal).catch((error: unknown) =>
        endWithout(deps, claim, standing, signal.aborted ? signal.reason : error),
      );
      if (mp3) await publish(deps, claim, standing, mp3);
    } catch (error) {
      deps.log.error({ ...labels(claim), err: error }, 'the end of an attempt is not recorded');
    } finally {
      deadline.cancel();
      lease.release();
    }
  };
}

function startDeadline({ clock, limits }: ConvertDeps) {
  const passed = new AbortController();
  const cancelled = new AbortController();
  clock.sleep(limits.timeoutSeconds * 1_000, cancelled.signal).then(
    () => passed.abort(new AppError('timeout')),
    () => undefined,
  );
  return { passed: passed.signal, cancel: () => cancelled.abort() };
}

/**
 * Shows the MP3. When the answer stays unknown nothing is deleted: it may be the result of a job
 * that is done.
 */
async function publish(
  deps: ConvertDeps,
  claim: Claim,
  standing: Standing,
  { result, receipt }: StoredMp3,
): Promise<void> {
  const published = await askAgain(deps.clock, () =>
    deps.claims.publish(claim.lease, result, receipt),
  );
  if (!published) return giveUp(deps, claim, standing);
  deps.log.info({ ...labels(claim), seconds: result.durationSeconds }, 'converted');
  await deps.ring([published.bell]);
}

/** What becomes of a job whose attempt brought no MP3. */
async function endWithout(
  deps: ConvertDeps,
  claim: Claim,
  standing: Standing,
  error: unknown,
): Promise<void> {
  if (error instanceof LeaseLost) return giveUp(deps, claim, standing);
  if (!(error instanceof Stopped)) return failOrPostpone(deps, claim, toAppError(error));
  const givenBack = await askAgain(deps.clock, () => deps.claims.giveBack(claim.lease));
  deps.log.info(labels(claim), 'given back');
  if (givenBack) await deps.ring([givenBack.bell]);
}

async function failOrPostpone(deps: ConvertDeps, claim: Claim, error: AppError): Promise<void> {
  const { claims, clock, random, log } = deps;
  const { attempt } = claim.job;
  const { code, message } = error;
  log.warn({ ...labels(claim), code, attempt, err: error }, 'attempt failed');
  if (mayTryAgain(code, attempt, claim.failures)) {
    const delayMs = backoffMs(attempt, random());
    await askAgain(clock, () => claims.postpone(claim.lease, { code, message }, delayMs));
    return;
  }
  const failed = await askAgain(clock, () => claims.fail(claim.lease, { code, message }));
  if (failed) await deps.ring([failed.bell]);
}

/**
 * The lease is lost. The store hands the candidate to the sweep as well; this is only sooner, and
 * not done where another worker may be going on behind a checkpoint in it.
 */
async function giveUp(
  { files, log }: ConvertDeps,
  claim: Claim,
  { checkpoint }: Standing,
): Promise<void> {
  log.warn(labels(claim), 'lease lost');
  if (checkpoint) return;
  await files.remove('mp3s', claim.lease.outputFileId).catch((error: unknown) => {
    log.warn({ ...labels(claim), err: error }, 'a candidate is left to the sweep');
  });
}

function labels({ job, requestId }: Claim) {
  return { jobId: job.id, cause: requestId };
}
