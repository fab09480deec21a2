import { ascii, joinBytes } from '#shared/core/bytes';
import type { Chapter } from '#shared/core/chapters';
import { frame, textEnd } from '#shared/core/id3/frame';
import { cleaned, textFrame } from '#shared/core/id3/text';

/** As many as one table of contents can name; what follows them is left out. */
export const mostChapters = 255;

/** Short enough that {@link mostChapters} titles never need more than 130 kB. */
const longestTitle = 120;

/**
 * The chapters as CHAP frames and one ordered top-level CTOC (id3v2-chapters-1.0): times in whole
 * milliseconds, no byte offsets, titles as TIT2. No bytes where there are no chapters.
 */
export function chapterFrames(chapters: readonly Chapter[]): Uint8Array {
  const named = chapters.slice(0, mostChapters);
  if (named.length === 0) return new Uint8Array();
  return joinBytes(contentsFrame(named.length), ...named.map(chapterFrame));
}

const isTopLevelAndOrdered = 0b11;

function contentsFrame(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => elementId(index));
  return frame('CTOC', ascii('toc'), textEnd, Uint8Array.of(isTopLevelAndOrdered, count), ...names);
}

function chapterFrame(chapter: Chapter, index: number): Uint8Array {
  const title = textFrame('TIT2', cleaned(chapter.title, longestTitle));
  return frame('CHAP', elementId(index), timesOf(chapter), title);
}

function elementId(index: number): Uint8Array {
  return joinBytes(ascii(`chp${index}`), textEnd);
}

const noOffset = 0xffff_ffff;

function timesOf({ startSeconds, endSeconds }: Chapter): Uint8Array {
  const times = new DataView(new ArrayBuffer(16));
  times.setUint32(0, Math.round(startSeconds * 1_000));
  times.setUint32(4, Math.round(endSeconds * 1_000));
  times.setUint32(8, noOffset);
  times.setUint32(12, noOffset);
  return new Uint8Array(times.buffer);
}
