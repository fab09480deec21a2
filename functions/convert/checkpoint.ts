import type { FrameCount } from '#shared/core/frame-counter';
import type { Checkpoint } from '#shared/core/job';
import type { Savepoints } from '#shared/core/ports';
import type { Clock } from './deps.ts';

/** What decides when checkpoints are taken, and what each of them says. */
export interface CheckpointPlan extends Pick<Checkpoint, 'fileId' | 'start' | 'fingerprint'> {
  readonly clock: Pick<Clock, 'now'>;
  /** The least time between two, so that a short job takes none. */
  readonly everyMs: number;
  readonly onCheckpoint: (checkpoint: Checkpoint) => void;
}

/** Takes checkpoints of an MP3 while it is written: of whole segments that are stored. */
export class CheckpointTaker implements Savepoints {
  readonly #plan: CheckpointPlan;
  #takenAt: number;
  /** Ends of segments that no checkpoint covers yet. */
  #ends: Checkpoint[] = [];

  constructor(plan: CheckpointPlan) {
    this.#plan = plan;
    this.#takenAt = plan.clock.now();
  }

  /** The frames so far are whole segments and hold this share of the sound. */
  endSegment(segments: number, { frames, bytes, crc }: FrameCount, progress: number): void {
    const { fileId, start, fingerprint } = this.#plan;
    this.#ends.push({ fileId, start, frames, bytes, crc, segments, fingerprint, progress });
  }

  isWanted(bytes: number): boolean {
    const isTime = this.#plan.clock.now() - this.#takenAt >= this.#plan.everyMs;
    return isTime && this.#ends.some((end) => end.bytes <= bytes);
  }

  stored(bytes: number): void {
    const last = this.#ends.findLast((end) => end.bytes <= bytes);
    if (!last) return;
    this.#ends = this.#ends.filter((end) => end.bytes > bytes);
    this.#takenAt = this.#plan.clock.now();
    this.#plan.onCheckpoint(last);
  }
}
