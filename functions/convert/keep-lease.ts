import type { Checkpoint } from '#shared/core/job';
import type { Lease } from '#shared/core/ports';
import type { ConvertDeps, ConvertLimits } from './deps.ts';
import { LeaseLost } from './interruption.ts';

/** A lease that is being renewed. */
export interface KeptLease {
  /** Aborts with {@link LeaseLost}. */
  readonly lost: AbortSignal;
  release(): void;
}

/** How far an attempt is: what its worker tells each time it renews the lease. */
export interface Standing {
  /** Share of the sound that is through, 0 to 1. */
  progress: number;
  /** The last one that this attempt took. */
  checkpoint: Checkpoint | undefined;
}

/** Between two heartbeats progress is looked at, and told early where a person can see it move. */
const looksPerHeartbeat = 4;
const visibleShare = 0.01;

type KeepDeps = Pick<ConvertDeps, 'claims' | 'clock' | 'log'> & {
  readonly limits: Pick<ConvertLimits, 'leaseSeconds' | 'heartbeatMs'>;
};

/**
 * Renews a lease until it is released, with each heartbeat and up to four times as often while the
 * progress moves. It is lost when the store says so, and also when the store
 * could not be asked for as long as the lease lasts: then somebody else may have the job already.
 */
export function keepLease(deps: KeepDeps, lease: Lease, standing: Readonly<Standing>): KeptLease {
  const lost = new AbortController();
  const released = new AbortController();
  void beat(deps, lease, standing, released.signal).then((isLost) => {
    if (isLost) lost.abort(new LeaseLost());
  });
  return { lost: lost.signal, release: () => released.abort() };
}

/** Resolves with whether the lease was lost. */
async function beat(
  { claims, clock, limits, log }: KeepDeps,
  lease: Lease,
  standing: Readonly<Standing>,
  released: AbortSignal,
): Promise<boolean> {
  let renewedAt = clock.now();
  let noted: Checkpoint | undefined;
  let told = standing.progress;
  for (let looks = 1; ; looks += 1) {
    await clock.sleep(limits.heartbeatMs / looksPerHeartbeat, released).catch(() => undefined);
    if (released.aborted) return false;
    const { progress, checkpoint } = standing;
    if (looks < looksPerHeartbeat && progress < told + visibleShare) continue;
    looks = 0;
    told = progress;
    try {
      const news = checkpoint === noted ? undefined : checkpoint;
      if (!(await claims.heartbeat(lease, limits.leaseSeconds, progress, news))) return true;
      noted = checkpoint;
      renewedAt = clock.now();
    } catch (error) {
      log.warn({ err: error, jobId: lease.jobId }, 'the lease could not be renewed');
      if (clock.now() - renewedAt >= limits.leaseSeconds * 1_000) return true;
    }
  }
}
