import type { ConversionOptions } from '#shared/contracts/options';
import { keptChapters } from '#shared/core/chapters';
import type { Chapter } from '#shared/core/chapters';
import { coverOf } from '#shared/core/cover';
import type { Cover } from '#shared/core/cover';
import { fittingTag } from '#shared/core/id3';
import type { Probe, SourceRequest, Transcoder } from '#shared/core/ports';
import { warning } from '#shared/core/warnings';
import type { Warning } from '#shared/core/warnings';

/** The store takes a head of one chunk, 255 KiB: the rest of it is for the info frame. */
const mostTagBytes = 250 * 1024;

/** A tag in bytes. */
export interface SoundTag {
  readonly bytes: Uint8Array;
  readonly warnings: readonly Warning[];
}

/** What a tag is made of. */
export interface TagSources {
  readonly probe: Probe;
  readonly options: Pick<ConversionOptions, 'start' | 'end' | 'cover' | 'chapters'>;
  /** The texts, those that a person asked for among them. */
  readonly texts: Readonly<Record<string, string | undefined>>;
}

/**
 * The ID3 tag of an MP3, with the cover and the chapters that the source has and the options keep.
 * What cannot be kept is warned of; only the signal's reason is rejected with.
 */
export async function tagSound(
  transcoder: Pick<Transcoder, 'cover' | 'version'>,
  source: SourceRequest,
  { probe, options, texts }: TagSources,
): Promise<SoundTag> {
  const isWanted = options.cover !== false && probe.cover !== undefined;
  const cover = isWanted ? await coverIn(transcoder, source, probe) : undefined;
  const chapters = options.chapters === false ? [] : chaptersIn(probe, options);
  const tags = { ...texts, encoder: transcoder.version, cover, chapters };
  const { bytes, lost } = fittingTag(tags, mostTagBytes);
  const isDropped = isWanted && cover === undefined;
  const codes = isDropped ? (['cover_dropped', ...lost] as const) : lost;
  return { bytes, warnings: codes.map(warning) };
}

async function coverIn(
  transcoder: Pick<Transcoder, 'cover'>,
  source: SourceRequest,
  { cover }: Probe,
): Promise<Cover | undefined> {
  if (!cover) return undefined;
  const request = { ...source, streamIndex: cover.index, maxBytes: mostTagBytes };
  const bytes = await transcoder.cover(request);
  return bytes && coverOf(bytes);
}

function chaptersIn(
  { chapters }: Probe,
  { start = 0, end }: TagSources['options'],
): readonly Chapter[] {
  return keptChapters(chapters, { startSeconds: start, endSeconds: end });
}
