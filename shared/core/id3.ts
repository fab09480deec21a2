/** What goes into an MP3's tag; absent and empty texts leave no frame. */
export interface Tags {
  readonly title?: string | undefined;
  readonly artist?: string | undefined;
  readonly album?: string | undefined;
  /** What encoded the sound. */
  readonly encoder?: string | undefined;
}

const frames = [
  ['TIT2', 'title'],
  ['TPE1', 'artist'],
  ['TALB', 'album'],
  ['TSSE', 'encoder'],
] as const;

const longestText = 500;

/**
 * An ID3v2.4 tag (id3.org/id3v2.4.0-structure) in UTF-8. Texts come from strangers' files: they
 * lose control and direction characters and what is beyond 500 characters. The same tags make the
 * same bytes, so the tag's length is known before the conversion.
 */
export function id3Tag(tags: Tags): Uint8Array {
  const body = frames.flatMap(([id, name]) => textFrame(id, cleanText(tags[name] ?? '')));
  return Uint8Array.from([...ascii('ID3'), 4, 0, 0, ...syncSafe(body.length), ...body]);
}

function textFrame(id: string, text: string): readonly number[] {
  if (text === '') return [];
  const bytes = new TextEncoder().encode(text);
  return [...ascii(id), ...syncSafe(bytes.length + 1), 0, 0, utf8Mark, ...bytes];
}

const utf8Mark = 3;

function cleanText(text: string): string {
  const clean = text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ');
  return Array.from(clean.trim()).slice(0, longestText).join('').trim();
}

/** Four times seven bits. */
function syncSafe(value: number): readonly number[] {
  return [21, 14, 7, 0].map((shift) => (value >> shift) & 0x7f);
}

function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
