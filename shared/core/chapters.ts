/** A named part of a sound, in seconds from its beginning. */
export interface Chapter {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly title: string;
}

/** The part of a sound that is kept; without an end, all that follows the start. */
export interface Kept {
  readonly startSeconds: number;
  readonly endSeconds?: number | undefined;
}

/**
 * The chapters of the part that is kept, in seconds from where it starts: moved, cut at both ends,
 * in the order of their starts. What lies outside, or lasts no millisecond, is left out.
 */
export function keptChapters(chapters: readonly Chapter[], kept: Kept): readonly Chapter[] {
  const end = kept.endSeconds ?? Infinity;
  return chapters
    .map(({ startSeconds, endSeconds, title }) => ({
      startSeconds: Math.max(startSeconds, kept.startSeconds) - kept.startSeconds,
      endSeconds: Math.min(endSeconds, end) - kept.startSeconds,
      title,
    }))
    .filter(({ startSeconds, endSeconds }) => isSpan(startSeconds, endSeconds))
    .toSorted((a, b) => a.startSeconds - b.startSeconds);
}

/** The tag's times are 32 bits of milliseconds. */
const longestSeconds = 0xffff_fffe / 1_000;

function isSpan(startSeconds: number, endSeconds: number): boolean {
  return endSeconds - startSeconds >= 0.001 && endSeconds <= longestSeconds;
}
