import { samplesPerFrame } from '#shared/core/mp3';

/**
 * One long sound, encoded by several encoders at once into the very bytes that one would make of
 * it. Nobody knows in advance how long the sound is, so a segment is told by its number alone.
 * The bytes are the same when
 *
 * 1. no frame uses bits of an earlier one (LAME's bit reservoir is off);
 * 2. the encoder of a segment begins 98 frames before it, and those frames are dropped. LAME lowers
 *    its threshold of hearing after a loud passage by at least 7.5 % a frame down to 0.000625
 *    (adjust_ATH in libmp3lame/encoder.c): 95 frames after the loudest sound nothing of it is left.
 *    64 frames do for most sounds, not for one that drops to a whisper (measured: frame 94 differs,
 *    none later);
 * 3. it begins at a multiple of 49 frames: after as many the padding of frames at 44.1, 22.05 and
 *    11.025 kHz repeats.
 *
 * One exception remains: across digital silence longer than the frames that are dropped a constant
 * bit rate's search for a step size begins elsewhere, and the first frame of sound may find another
 * step of the same worth (measured: 1 onset of 46, one frame each). The same segments still make
 * the same bytes.
 */
const paddingPeriod = 49;
const preRoll = 2 * paddingPeriod;
/** An encoder looks ahead by less than one frame and a half. */
const postRoll = 2;
/** By this many samples sound reaches back into frames: delay and padding (see mp3.ts). */
const reachSamples = 1152;

/** One part of a sound. Frames and samples (per channel) are counted from its beginning. */
export interface Segment {
  readonly frames: { readonly start: number; readonly end: number };
  /** What its encoder is fed with; less, where the sound ends before. */
  readonly samples: { readonly start: number; readonly end: number };
  /** How many frames of its encoder come before the first of its own. */
  readonly dropped: number;
  /** The segment exists when the sound has more samples than this. */
  readonly beyond: number;
}

/** Frames of a segment of so many seconds or a little more: a multiple of 49, at least 98. */
export function segmentFrames(seconds: number, sampleRate: number): number {
  const periods = (seconds * sampleRate) / samplesPerFrame(sampleRate) / paddingPeriod;
  return Math.max(2, Math.ceil(periods)) * paddingPeriod;
}

/**
 * The segment number `index`, from 0, where each has `frames` frames (see {@link segmentFrames}).
 */
export function segmentAt(index: number, frames: number, sampleRate: number): Segment {
  const samples = samplesPerFrame(sampleRate);
  const start = index * frames;
  const end = start + frames;
  const fed = Math.max(0, start - preRoll);
  return {
    frames: { start, end },
    samples: { start: fed * samples, end: (end + postRoll) * samples },
    dropped: start - fed,
    beyond: index === 0 ? -1 : start * samples - reachSamples,
  };
}
