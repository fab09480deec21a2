import type { Checkpoint, Receipt } from '#shared/core/job';
import { promisedUpTo } from '#shared/core/media';
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
export function receiptOf(made: Made): Receipt {
  const { container, probe, plan, tag, sound, encoded, from, encoder } = made;
  const { track, shape, excerpt } = plan;
  const { sampleRate, channels } = shape;
  const { frames, segments } = encoded.count();
  const stopSeconds = Math.max(0, excerpt.until - excerpt.trackStart) / sampleRate;
  return {
    promisedSeconds: promisedUpTo(track.promised, stopSeconds).seconds,
    decodedSeconds: Math.min(sound.decoded.seconds, stopSeconds),
    ...{ samples: sound.meter.samples, sampleRate, channels, frames, codec: track.codec, encoder },
    ...{ container, tracks: labelsOf(probe.tracks), track: probe.tracks.indexOf(track) + 1 },
    ...{ isCopied: false, segments, resumedSegments: from?.segments ?? 0 },
    ...(sound.loudness && { loudness: sound.loudness }),
    warnings: [...plan.warnings, ...tag.warnings, ...sound.warnings, ...endWarnings(plan, sound)],
  };
}

/** Shorter by less than this is no news: tracks are rarely as long as they say to the sample. */
const noticeableSeconds = 0.2;

function endWarnings({ excerpt, shape }: Plan, { meter }: Sound): readonly Warning[] {
  if (excerpt.until === Infinity) return [];
  const missing = excerpt.until - excerpt.from - meter.samples;
  return missing > noticeableSeconds * shape.sampleRate ? [warning('short_of_end')] : [];
}
