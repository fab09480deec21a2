import { ascii, joinBytes } from '#shared/core/bytes';
import type { Chapter } from '#shared/core/chapters';
import type { Cover } from '#shared/core/cover';
import { chapterFrames, mostChapters } from '#shared/core/id3/chapters';
import { syncSafe } from '#shared/core/id3/frame';
import { pictureFrame } from '#shared/core/id3/picture';
import { textFrames } from '#shared/core/id3/text';
import type { TextTags } from '#shared/core/id3/text';

/** What goes into an MP3's tag. */
export interface Tags extends TextTags {
  readonly chapters?: readonly Chapter[] | undefined;
  readonly cover?: Cover | undefined;
}

/**
 * An ID3v2.4 tag (id3.org/id3v2.4.0-structure) in UTF-8. Texts come from strangers' files: they
 * lose control and direction characters and what is beyond 500 characters (security.md 52). The
 * same tags make the same bytes, so the tag's length is known before the conversion.
 */
export function id3Tag(tags: Tags): Uint8Array {
  const frames = joinBytes(
    textFrames(tags),
    chapterFrames(tags.chapters ?? []),
    tags.cover ? pictureFrame(tags.cover) : new Uint8Array(),
  );
  return joinBytes(ascii('ID3'), Uint8Array.of(4, 0, 0), syncSafe(frames.length), frames);
}

/** What of the wanted tags is not in a tag. */
export type TagLoss = 'cover_dropped' | 'chapters_dropped';

/**
 * The tag of at most `maxBytes`: where all of it is too long the cover goes, then the chapters;
 * texts alone need no more than 19 kB. `lost` names what went, also chapters beyond the 255 that a
 * table of contents holds.
 */
export function fittingTag(
  tags: Tags,
  maxBytes: number,
): { readonly bytes: Uint8Array; readonly lost: readonly TagLoss[] } {
  const { cover, chapters = [], ...texts } = tags;
  const tooMany: readonly TagLoss[] = chapters.length > mostChapters ? ['chapters_dropped'] : [];
  const whole = id3Tag(tags);
  if (whole.length <= maxBytes) return { bytes: whole, lost: tooMany };
  const lostCover: readonly TagLoss[] = cover ? ['cover_dropped'] : [];
  const bare = id3Tag({ ...texts, chapters });
  if (bare.length <= maxBytes) return { bytes: bare, lost: [...lostCover, ...tooMany] };
  return { bytes: id3Tag(texts), lost: [...lostCover, 'chapters_dropped'] };
}
