import type { Checkpoint } from '#shared/core/job';
import { samplesPerFrame } from '#shared/core/mp3';
import type { Savepoints } from '#shared/core/ports';
import { CheckpointTaker } from './checkpoint.ts';
import type { ConvertDeps } from './deps.ts';
import { encodeSound } from './encode-sound.ts';
import type { EncodedSegments, EncodedSound } from './encode-sound.ts';
import type { Standing } from './keep-lease.ts';
import type { Plan } from './plan.ts';
import { goOnBehind } from './resume.ts';
import type { Sound } from './sound.ts';

type ResumeDeps = Pick<ConvertDeps, 'files' | 'transcoder' | 'slots' | 'clock' | 'limits'>;

/** What is encoded, where it goes, and what an earlier attempt left of it. */
export interface ResumableRequest {
  readonly plan: Pick<Plan, 'shape' | 'segmentSeconds' | 'fingerprint'>;
  readonly sound: Pick<Sound, 'pcm' | 'meter'>;
  /** The file, and where in it the frames begin. */
  readonly output: Pick<Checkpoint, 'fileId' | 'start'>;
  /** Learns of each checkpoint that is taken. */
  readonly standing: Standing;
  readonly from: Checkpoint | undefined;
  readonly signal: AbortSignal;
}

/** Frames on their way, and who has to hear which of them are stored. */
export interface ResumableSound {
  readonly encoded: EncodedSound;
  /** Absent for one run: it has no segments that could be gone on behind. */
  readonly savepoints: Savepoints | undefined;
}

/** The frames of the whole sound: those of the checkpoint first, then those that are missing. */
export function encodeResumably(deps: ResumeDeps, request: ResumableRequest): ResumableSound {
  const { plan, sound, from, signal } = request;
  const { segmentSeconds } = plan;
  const taker = segmentSeconds === undefined ? undefined : takerFor(deps, request);
  const onSegment = (done: EncodedSegments) => {
    taker?.endSegment(done.segments, done, progressAt(done, request));
  };
  const encode = (behind?: EncodedSegments) =>
    encodeSound(deps, plan.shape, sound.pcm, { segmentSeconds, onSegment, from: behind, signal });
  const encoded = from ? goOnBehind(deps.files, from, encode, signal) : encode();
  return { encoded, savepoints: taker };
}

function takerFor(
  { clock, limits }: ResumeDeps,
  { plan: { fingerprint }, output, standing }: ResumableRequest,
): CheckpointTaker {
  return new CheckpointTaker({
    ...{ ...output, fingerprint, clock, everyMs: limits.checkpointSeconds * 1_000 },
    onCheckpoint: (checkpoint) => (standing.checkpoint = checkpoint),
  });
}

/** The progress is that of the samples, which are ahead of the frames. */
function progressAt(
  { frames }: EncodedSegments,
  { plan: { shape }, sound: { meter }, standing }: ResumableRequest,
): number {
  const encoded = frames * samplesPerFrame(shape.sampleRate);
  return standing.progress * Math.min(1, encoded / meter.samples);
}
