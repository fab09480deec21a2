import type {
  FileStore,
  JobClaims,
  Log,
  PendingBell,
  SourceServer,
  Transcoder,
} from '#shared/core/ports';
import type { EncoderSlots } from './encoder-slots.ts';

/** Time as it passes here; never compared with that of another machine. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Rejects with the signal's reason when that aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a conversion may take. */
export interface ConvertLimits {
  readonly leaseSeconds: number;
  /** How often the lease is renewed and the progress told: a cancel reaches ffmpeg this soon. */
  readonly heartbeatMs: number;
  /** How often, at most, a checkpoint is taken. */
  readonly checkpointSeconds: number;
  /** A sound of at least this length is encoded in segments, by several encoders at once. */
  readonly segmentedFromSeconds: number;
  /** The longest sound that is converted. */
  readonly maxSeconds: number;
  /** The longest that one attempt may last. */
  readonly timeoutSeconds: number;
}

/** What turning one claimed job into an MP3 needs. */
export interface ConvertDeps {
  readonly claims: JobClaims;
  readonly files: FileStore;
  readonly sources: SourceServer;
  readonly transcoder: Transcoder;
  /** All encoders of this process. */
  readonly slots: EncoderSlots;
  /** Rings bells that are committed; what does not ring is left to the sweep. */
  readonly ring: (bells: readonly PendingBell[]) => Promise<unknown>;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly limits: ConvertLimits;
  readonly log: Log;
}
