import type { ConversionOptions } from '#shared/contracts/options';

/**
 * The part of a film's timeline that is asked for, in samples of one rate. On that timeline a
 * track may start late: what is in front of it is silence.
 */
export interface Excerpt {
  /** Where it begins and, without the end itself, where it ends: Infinity for all that follows. */
  readonly from: number;
  readonly until: number;
  /** Where the track starts. */
  readonly trackStart: number;
}

/** What is made of a track's samples: so much silence, then its samples from `skip` to `stop`. */
export interface Cuts {
  readonly silence: number;
  readonly skip: number;
  /** Counted from the track's start, like `skip`. */
  readonly stop: number;
}

/** The excerpt that the options ask of a track, each moment to its nearest sample. */
export function excerptOf(
  { start = 0, end = Infinity }: Pick<ConversionOptions, 'start' | 'end'>,
  startsAfterSeconds: number,
  sampleRate: number,
): Excerpt {
  return {
    from: Math.round(start * sampleRate),
    until: Math.round(end * sampleRate),
    trackStart: Math.round(startsAfterSeconds * sampleRate),
  };
}

/** How an excerpt is cut out of its track. */
export function cutsOf({ from, until, trackStart }: Excerpt): Cuts {
  const silence = Math.max(0, Math.min(until, trackStart) - from);
  return {
    silence,
    skip: Math.max(0, from - trackStart),
    stop: Math.max(0, until - trackStart),
  };
}
