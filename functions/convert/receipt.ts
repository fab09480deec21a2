import type { ConversionOptions } from '#shared/contracts/options';
import type { Checkpoint, Degraded, Receipt } from '#shared/core/job';
import { promisedUpTo } from '#shared/core/media';
import type { AudioTrack } from '#shared/core/media';
import { appliedOptions } from '#shared/core/options';
import type { Probe } from '#shared/core/ports';
import type { Container } from '#shared/core/signature';
import { labelsOf } from '#shared/core/tracks';
import { warning } from '#shared/core/warnings';
import type { Warning } from '#shared/core/warnings';
import type { EncodedSound } from './encode-sound.ts';
import type { LevelledSound } from './level-sound.ts';
import type { Plan } from './plan.ts';
import type { Sound } from './sound.ts';
import type { SoundTag } from './tag-sound.ts';

/** An MP3 with all that was made on the way to it. */
export interface Made {
  readonly container: Container;
  /** Whether the source lacks its end by its own account. */
  readonly isCutOff: boolean;
  readonly options: ConversionOptions;
  readonly probe: Probe;
  readonly plan: Plan;
  readonly tag: SoundTag;
  readonly sound: LevelledSound;
  readonly encoded: EncodedSound;
  /** What of it an earlier attempt had left. */
  readonly from: Checkpoint | undefined;
  /** Who encoded. */
  readonly encoder: string;
}

/** What is told of a finished MP3: what was promised, what was decoded, what was made of it. */
export function receiptOf(made: Made, sha256: string): Receipt {
  const { container, probe, plan, tag, sound, encoded, from, encoder, options } = made;
  const { track, shape } = plan;
  const { sampleRate, channels } = shape;
  const { frames, segments } = encoded.count();
  const number = probe.tracks.indexOf(track) + 1;
  return {
    ...lengthsOf(made),
    ...{ samples: sound.meter.samples, sampleRate, channels, frames, codec: track.codec, encoder },
    ...{ container, tracks: labelsOf(probe.tracks), track: number },
    ...{ isCopied: false, segments, resumedSegments: from?.segments ?? 0 },
    ...(sound.loudness && { loudness: sound.loudness }),
    warnings: [
      ...[...plan.warnings, ...lengthWarnings(track), ...tag.warnings],
      ...[...sound.warnings, ...endWarnings(plan, sound)],
    ],
    options: appliedOptions(options, { sampleRate, channels, track: number }, false),
    sha256,
  };
}

/** What a finished MP3 lacks of its source; undefined when that is nothing. */
export function degradedOf(made: Made): Degraded | undefined {
  const code = made.isCutOff ? 'truncated' : made.sound.ending.fault;
  return code && { code, ...lengthsOf(made) };
}

/** Of the part that was asked for. ffmpeg bends what a file promises that lacks its end. */
function lengthsOf({ isCutOff, plan: { track, shape, excerpt }, sound }: Made) {
  const stopSeconds = Math.max(0, excerpt.until - excerpt.trackStart) / shape.sampleRate;
  return {
    promisedSeconds: isCutOff ? null : promisedUpTo(track.promised, stopSeconds).seconds,
    decodedSeconds: Math.min(sound.decoded.seconds, stopSeconds),
  };
}

/**
 * A decoder that finds no memory for a block says neither a word nor a sample: only a promised
 * length shows that.
 */
export function lengthWarnings({ promised }: Pick<AudioTrack, 'promised'>): readonly Warning[] {
  return promised.seconds === null ? [warning('length_unknown')] : [];
}

/** Shorter by less than this is no news: tracks are rarely as long as they say to the sample. */
const noticeableSeconds = 0.2;

function endWarnings({ excerpt, shape }: Plan, { meter, ending }: Sound): readonly Warning[] {
  if (excerpt.until === Infinity || ending.fault) return [];
  const missing = excerpt.until - excerpt.from - meter.samples;
  return missing > noticeableSeconds * shape.sampleRate ? [warning('short_of_end')] : [];
}
