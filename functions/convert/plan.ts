import { excerptOf } from '#shared/core/excerpt';
import type { Excerpt } from '#shared/core/excerpt';
import type { Job } from '#shared/core/job';
import { assertNotTooLong, shapeFor } from '#shared/core/media';
import type { Mp3Encoding } from '#shared/core/mp3';
import { rateOf, tagNames } from '#shared/core/options';
import type { AudioTrack } from '#shared/core/media';
import type { Probe } from '#shared/core/ports';
import { chooseTrack } from '#shared/core/tracks';
import { warning } from '#shared/core/warnings';
import type { Warning } from '#shared/core/warnings';
import type { ConvertLimits } from './deps.ts';

/** What is made of a source. */
export interface Plan {
  readonly track: AudioTrack;
  readonly shape: Mp3Encoding;
  readonly excerpt: Excerpt;
  /** About how long a segment is; undefined for one run. */
  readonly segmentSeconds: number | undefined;
  readonly tags: Probe['tags'];
  readonly warnings: readonly Warning[];
  /** Equal for two plans that make the same frames. */
  readonly fingerprint: string;
}

type Order = Pick<Job, 'options' | 'source'>;

/** What a conversion may take, and on how many encoders at once. */
export type PlanLimits = Pick<ConvertLimits, 'maxSeconds' | 'segmentedFromSeconds'> & {
  readonly encoders: number;
};

/** Long enough that the start of an encoder, and what it encodes twice, weigh little. */
const usualSegmentSeconds = 45;

/**
 * What is made of a probed source on a job's order. Rejects with the code of what cannot be
 * converted, or not as it is asked for. `encoder` is who encodes, version included.
 */
export function planFor(
  probe: Probe,
  { options, source }: Order,
  limits: PlanLimits,
  encoder: string,
): Plan {
  const track = chooseTrack(probe.tracks, options.track);
  const shape = { ...shapeFor(track, options), rate: rateOf(options) };
  const excerpt = excerptOf(options, track.startsAfterSeconds, shape.sampleRate);
  const endSeconds = endOf(excerpt, track, shape.sampleRate);
  assertNotTooLong(Number.isFinite(endSeconds) ? endSeconds : 0, limits.maxSeconds);
  assertNotTooLong(track.startsAfterSeconds, limits.maxSeconds);
  const segmentSeconds = segmentSecondsOf(endSeconds - (options.start ?? 0), limits);
  const plan = { track, shape, excerpt, segmentSeconds };
  const { sha256 } = source;
  return {
    ...plan,
    tags: { ...probe.tags, ...tagsOf(options) },
    warnings: warningsOf(plan),
    fingerprint: JSON.stringify([1, sha256, encoder, plan, options.loudness ?? null]),
  };
}

/** As many segments for each encoder: at the end none works while the others are idle. */
function segmentSecondsOf(
  seconds: number,
  { segmentedFromSeconds, encoders }: PlanLimits,
): number | undefined {
  if (seconds < segmentedFromSeconds) return undefined;
  if (seconds === Infinity) return usualSegmentSeconds;
  const rounds = Math.ceil(seconds / usualSegmentSeconds / encoders);
  return seconds / rounds / encoders;
}

/** On the film's timeline; Infinity where nobody says when the track ends. */
function endOf({ until, trackStart }: Excerpt, { promised }: AudioTrack, rate: number): number {
  return Math.min(until, trackStart + (promised.seconds ?? Infinity) * rate) / rate;
}

function tagsOf(options: Job['options']): Probe['tags'] {
  const asked = tagNames.filter((name) => options[name] !== undefined);
  return Object.fromEntries(asked.map((name) => [name, options[name]]));
}

function warningsOf({ track, excerpt }: Pick<Plan, 'track' | 'excerpt'>): readonly Warning[] {
  return [
    ...(track.sampleRate > 48_000 ? [warning('resampled')] : []),
    ...(track.channels > 2 ? [warning('downmixed')] : []),
    ...(excerpt.trackStart > excerpt.from ? [warning('late_start')] : []),
  ];
}
