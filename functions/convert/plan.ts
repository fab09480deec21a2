import type { ConversionOptions } from '#shared/contracts/options';
import { assertNotTooLong, shapeFor } from '#shared/core/media';
import type { Mp3Encoding } from '#shared/core/mp3';
import { rateOf } from '#shared/core/options';
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
  const shape = { ...shapeFor(track, options), rate: rateOf(options) };
  return { track, shape, tags: probe.tags };
}
