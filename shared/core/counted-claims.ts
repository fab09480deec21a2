import type { JobClaims, Lease } from '#shared/core/ports';

/** What is counted of a worker's jobs. */
export interface ClaimTally {
  claimed(): void;
  /** `done`, `given_back`, `lost`, or the code of the error that ended the attempt. */
  ended(outcome: string): void;
  /** Only of jobs that are done: seconds of sound, and seconds between claim and publication. */
  converted(soundSeconds: number, workSeconds: number): void;
}

/** The same claims, counted by what they answer; `now` in milliseconds since some moment. */
export function countedClaims(claims: JobClaims, tally: ClaimTally, now: () => number): JobClaims {
  const since = new Map<string, number>();
  const end = (lease: Lease, outcome: string) => {
    const claimedAt = since.get(lease.outputFileId);
    // What is asked again because a reply was lost is counted once.
    if (!since.delete(lease.outputFileId)) return undefined;
    tally.ended(outcome);
    return claimedAt;
  };
  return {
    ...claims,
    async claim(request) {
      const claim = await claims.claim(request);
      if (claim && !since.has(claim.lease.outputFileId)) {
        since.set(claim.lease.outputFileId, now());
        tally.claimed();
      }
      return claim;
    },
    async publish(lease, result, receipt) {
      const published = await claims.publish(lease, result, receipt);
      const claimedAt = end(lease, published ? 'done' : 'lost');
      if (published && claimedAt !== undefined) {
        tally.converted(result.durationSeconds, (now() - claimedAt) / 1_000);
      }
      return published;
    },
    async fail(lease, error) {
      const failed = await claims.fail(lease, error);
      end(lease, failed ? error.code : 'lost');
      return failed;
    },
    async postpone(lease, error, delayMs) {
      const isHeld = await claims.postpone(lease, error, delayMs);
      end(lease, isHeld ? error.code : 'lost');
      return isHeld;
    },
    async giveBack(lease) {
      const givenBack = await claims.giveBack(lease);
      end(lease, givenBack ? 'given_back' : 'lost');
      return givenBack;
    },
    async heartbeat(...beat) {
      const isHeld = await claims.heartbeat(...beat);
      if (!isHeld) end(beat[0], 'lost');
      return isHeld;
    },
  };
}
