import { ascii } from '#shared/core/bytes';
import type { Cover } from '#shared/core/cover';
import { frame, textEnd } from '#shared/core/id3/frame';

/** In ISO 8859-1, as is its empty description. */
const latin1Mark = Uint8Array.of(0);
const frontCover = Uint8Array.of(3);

/** The front cover as an APIC frame (id3v2.4.0-frames §4.14). */
export function pictureFrame({ mime, bytes }: Cover): Uint8Array {
  return frame('APIC', latin1Mark, ascii(mime), textEnd, frontCover, textEnd, bytes);
}
