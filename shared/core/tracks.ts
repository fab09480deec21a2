import { AppError } from '#shared/core/errors';
import type { AudioTrack } from '#shared/core/ports';

/**
 * The sound track to convert: the first that the container flags as default, else the first.
 * Rejects with `not_media` a track that cannot be read here.
 */
export function chooseTrack(tracks: readonly AudioTrack[]): AudioTrack {
  const track = tracks.find(({ isDefault }) => isDefault) ?? tracks[0];
  if (!track) throw new AppError('no_audio');
  if (track.sampleRate > 0 && track.channels > 0) return track;
  throw new AppError('not_media', 'The sound in this file is of a kind that cannot be read here.');
}
