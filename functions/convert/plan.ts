import type { ConversionOptions } from '#shared/contracts/options';
import { assertNotTooLong, shapeFor } from '#shared/core/media';
import type { Mp3Encoding } from '#shared/core/mp3';
import type { AudioTrack, Probe } from '#shared/core/ports';
import { chooseTrack } from '#shared/core/tracks';
import type { ConvertLimits } from './deps.ts';

/** What is made of a source. */
export interface Plan {
  readonly track: AudioTrack;
  readonly shape: Mp3Encoding;
  readonly tags: Probe['tags'];
}

/** Rejects with the code of what cannot be converted, or not as the person asks. */
export function planFor(
  probe: Probe,
  options: ConversionOptions,
  { maxSeconds }: ConvertLimits,
): Plan {
  const track = chooseTrack(probe.tracks);
  assertNotTooLong(track.promised.seconds ?? 0, maxSeconds);
  return { track, shape: shapeFor(track, options.bitrate), tags: probe.tags };
}
