import type { FileStore, JobUpkeep, Log } from '#shared/core/ports';
import { unheardSeconds, unrungSeconds } from '#shared/core/small-sweep';
import { deleteDiscarded, deleteOrphans } from './delete-files.ts';
import { createRing, type Ring, type RingDeps } from './ring.ts';

export interface SweepDeps extends RingDeps {
  readonly upkeep: JobUpkeep;
  readonly files: Pick<FileStore, 'listOlderThan' | 'remove'>;
  /** The longest an upload may take. */
  readonly uploadSeconds: number;
  readonly log: Log;
}

/** What became of one sweep: for each step how much there was, -1 where it failed. */
export type Counts = Readonly<Record<string, number>>;

type Step = (deps: SweepDeps, ring: Ring, signal: AbortSignal) => Promise<number>;

const batch = { maxRows: 1000 };
/** A function that hears one bell looks at all jobs; a few more reach its other replicas. */
const wakeUps = { maxRows: 10 };

/**
 * In the order of their haste. Each is guarded in the store, so two sweeps at once are harmless.
 */
const steps = {
  rung: async ({ upkeep }, ring) => ring.first(await upkeep.unrung(unrungSeconds, batch)),
  called: async ({ upkeep }, ring) => ring.again(await upkeep.unheard(unheardSeconds, wakeUps)),
  exhausted: async ({ upkeep }, ring) => {
    const bells = await upkeep.failExhausted(batch);
    await ring.first(bells);
    return bells.length;
  },
  aborted: ({ upkeep }) => upkeep.abortStaleUploads(batch),
  mailed: async ({ upkeep }, ring) => ring.again(await upkeep.dueMails(unheardSeconds, batch)),
  expired: ({ upkeep }) => upkeep.expire(batch),
  forgotten: ({ upkeep }) => upkeep.forget(batch),
  deleted: (deps, _ring, signal) => deleteDiscarded(deps, signal),
  orphans: (deps, _ring, signal) => deleteOrphans(deps, signal),
} as const satisfies Record<string, Step>;

/**
 * Keeps every job moving and every byte owned, whatever else stands still (reliability.md §1).
 * Never rejects: a step that fails is logged, and the next sweep makes up for it. When the signal
 * aborts, steps that have not begun are left to the next sweep.
 */
export function sweep(deps: SweepDeps) {
  return async (signal: AbortSignal): Promise<Counts> => {
    const ring = createRing(deps);
    const counts: Record<string, number> = {};
    for (const [name, step] of Object.entries<Step>(steps)) {
      if (signal.aborted) break;
      counts[name] = await guarded(name, deps.log, () => step(deps, ring, signal));
    }
    await guarded('swept', deps.log, async () => {
      await deps.upkeep.swept(counts);
      return 0;
    });
    deps.log.info(counts, 'swept');
    return counts;
  };
}

async function guarded(name: string, log: Log, step: () => Promise<number>): Promise<number> {
  try {
    return await step();
  } catch (error) {
    log.error({ err: error, step: name }, 'a step of the sweep failed');
    return -1;
  }
}
