import { ascii, joinBytes } from '#shared/core/bytes';
import { frame, textEnd, utf8Mark } from '#shared/core/id3/frame';

/** What can be said of a sound in words; absent and empty texts leave no frame. */
export interface TextTags {
  readonly title?: string | undefined;
  readonly artist?: string | undefined;
  readonly album?: string | undefined;
  readonly albumArtist?: string | undefined;
  readonly genre?: string | undefined;
  /** A year, a day or a moment of ISO 8601; what begins like none leaves no frame. */
  readonly date?: string | undefined;
  readonly comment?: string | undefined;
  /** A number, or a number of how many: `3` or `3/12`. What is neither leaves no frame. */
  readonly trackNumber?: string | undefined;
  /** What encoded the sound. */
  readonly encoder?: string | undefined;
}

const frames = [
  ['TIT2', 'title', cleaned],
  ['TPE1', 'artist', cleaned],
  ['TALB', 'album', cleaned],
  ['TPE2', 'albumArtist', cleaned],
  ['TCON', 'genre', cleaned],
  ['TDRC', 'date', timestamp],
  ['TRCK', 'trackNumber', position],
  ['TSSE', 'encoder', cleaned],
] as const;

const longestText = 500;

/** The text frames of a tag (id3v2.4.0-frames §4.2 and, for the comment, §4.10). */
export function textFrames(tags: TextTags): Uint8Array {
  const texts = frames.map(([id, name, form]) => textFrame(id, form(tags[name] ?? '')));
  return joinBytes(...texts, commentFrame(cleaned(tags.comment ?? '')));
}

/** One text frame in UTF-8; no bytes for a text that is empty. */
export function textFrame(id: string, text: string): Uint8Array {
  return text === '' ? new Uint8Array() : frame(id, utf8Mark, new TextEncoder().encode(text));
}

/** A stranger's text without control and direction characters, at most `longest` characters. */
export function cleaned(text: string, longest = longestText): string {
  const clean = text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');
  return Array.from(clean.trim()).slice(0, longest).join('').trim();
}

/** `XXX` stands for a language that is not known, the empty text for no description. */
function commentFrame(text: string): Uint8Array {
  if (text === '') return new Uint8Array();
  return frame('COMM', utf8Mark, ascii('XXX'), textEnd, new TextEncoder().encode(text));
}

/** The longest beginning that is one of the tag's forms; downloaders also write `20191231`. */
function timestamp(text: string): string {
  const dashed = text.trim().replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const form = /^\d{4}(?:-\d\d(?:-\d\d(?:[T ]\d\d(?::\d\d(?::\d\d)?)?)?)?)?/;
  return form.exec(dashed)?.[0].replace(' ', 'T') ?? '';
}

function position(text: string): string {
  return /^\d{1,5}(?:\/\d{1,5})?$/.test(text.trim()) ? text.trim() : '';
}
