import {
  droppedCheckpoint,
  lostOutput,
  ownOutput,
  seconds,
} from '#shared/adapters/postgres/transition';
import type { Discard, Transition } from '#shared/adapters/postgres/transition';
import type { Retention } from '#shared/core/retention';

/** A move that still lacks the rows it is made with. */
export type Ending = Omit<Transition, 'where'>;

/** Sets the end of retention for a job that ends now. */
export function expiry({ resultSeconds }: Retention): string {
  return `due_at = NULL, expires_at = now() + ${seconds(resultSeconds)}`;
}

/** A video whose upload may still be writing: kept once more for the time the upload was given. */
export const lostSource: Discard = {
  bucket: 'videos',
  fileId: 'source_file_id',
  notBefore: 'now() + (due_at - created_at)',
};

/** Stops a job that waits or runs; its worker learns it by its next heartbeat. */
export function cancelling(retention: Retention): Ending {
  return {
    step: 'cancel',
    set: `output_file_id = NULL, checkpoint = NULL, progress = 0, ${expiry(retention)}`,
    discard: [lostOutput, droppedCheckpoint],
  };
}

/** Over for good: its files go. The video of an aborted upload was handed over before. */
export const expiring: Ending = {
  step: 'expire',
  set: 'output_file_id = NULL, result = NULL',
  discard: [
    ownOutput,
    {
      bucket: 'videos',
      fileId: `CASE WHEN state <> 'aborted' THEN source_file_id END`,
      notBefore: 'now()',
    },
  ],
};
