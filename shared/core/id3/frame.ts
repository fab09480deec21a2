import { ascii, joinBytes } from '#shared/core/bytes';

/** Says that a text is UTF-8 (id3v2.4.0-structure §4). */
export const utf8Mark = Uint8Array.of(3);

/** Ends a text inside a frame. */
export const textEnd = Uint8Array.of(0);

/** A frame of an ID3v2.4 tag: four letters, size, no flags, body. */
export function frame(id: string, ...body: readonly Uint8Array[]): Uint8Array {
  const content = joinBytes(...body);
  return joinBytes(ascii(id), syncSafe(content.length), Uint8Array.of(0, 0), content);
}

/** A number of up to 28 bits as ID3v2.4 writes sizes: seven bits a byte. */
export function syncSafe(value: number): Uint8Array {
  return Uint8Array.from([21, 14, 7, 0], (shift) => (value >> shift) & 0x7f);
}
