import type { AudioTrack } from '#shared/core/media';
import { AppError } from '#shared/core/errors';
import { cleaned } from '#shared/core/id3/text';
import { isSameLanguage } from '#shared/core/languages';

/** A sound track as a person is told of it. */
export interface TrackLabel {
  /** From 1, among the sound tracks: what the option `track` takes. */
  readonly number: number;
  readonly codec: string;
  readonly channels: number;
  readonly language: string | null;
  readonly title: string | null;
}

/** Strangers' words: no more of them than a list has room for. */
const longestTitle = 60;
const longestList = 20;

/** The tracks as a person is told of them; of more than 20, the first. */
export function labelsOf(tracks: readonly AudioTrack[]): readonly TrackLabel[] {
  return tracks.slice(0, longestList).map(({ codec, channels, language, title }, index) => ({
    ...{ number: index + 1, codec, channels },
    language: cleaned(language ?? '', longestTitle) || null,
    title: cleaned(title ?? '', longestTitle) || null,
  }));
}

/**
 * The sound track to convert, by its number from 1 or by its language (ISO 639); else the first
 * that the container flags as default, else the first. What cannot be read here is taken only when
 * its number is asked for, and then rejected with `not_media`. Rejects with `no_such_track`, which
 * lists what there is.
 */
export function chooseTrack(tracks: readonly AudioTrack[], asked?: number | string): AudioTrack {
  const track = typeof asked === 'number' ? tracks[asked - 1] : firstOf(tracks, asked);
  if (!track) throw new AppError('no_such_track', whatThereIs(tracks, asked));
  if (isReadable(track)) return track;
  throw new AppError('not_media', 'The sound in this file is of a kind that cannot be read here.');
}

function firstOf(tracks: readonly AudioTrack[], language?: string): AudioTrack | undefined {
  const spoken = tracks.filter(
    (track) => language === undefined || isSameLanguage(track.language ?? '', language),
  );
  const readable = spoken.filter(isReadable);
  return readable.find(({ isDefault }) => isDefault) ?? readable[0] ?? spoken[0];
}

function isReadable({ sampleRate, channels }: AudioTrack): boolean {
  return sampleRate > 0 && channels > 0;
}

function whatThereIs(tracks: readonly AudioTrack[], asked?: number | string): string {
  const list = labelsOf(tracks).map(({ number, language, title }) =>
    [number, language, title && `“${title}”`].filter(Boolean).join(' '),
  );
  return `There is no sound track ${asked} in this video. It has: ${list.join(', ')}.`;
}
