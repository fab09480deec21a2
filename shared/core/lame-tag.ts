import { ascii, hasBytes } from '#shared/core/bytes';
import { parseFrameHeader, sideInfoBytes } from '#shared/core/mp3';

/** How many samples per channel an encoder put in front of and behind a sound. */
export interface Gaps {
  readonly delay: number;
  readonly padding: number;
}

/** Bytes of an ID3v2 tag's header, from which its length is known. */
export const id3HeaderBytes = 10;

/** Where the first frame of an MP3 begins: behind its ID3v2 tag, if that is how the file begins. */
export function firstFrameAt(head: Uint8Array): number {
  if (!hasBytes(head, 0, Array.from(ascii('ID3')))) return 0;
  const [, , , , , flags = 0, ...size] = head.subarray(0, id3HeaderBytes);
  const bytes = size.reduce((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  const hasFooter = (flags & 0x10) !== 0;
  return id3HeaderBytes + bytes + (hasFooter ? id3HeaderBytes : 0);
}

/** As many bytes as {@link gapsOf} looks at. */
export const gapsBytes = 256;

/** Behind the name: flags, frames, bytes, table of contents, quality; each there or not. */
const fieldBytes = [4, 4, 100, 4];
const gapsAt = 21;

/**
 * What the LAME tag in a first frame says of the gaps; undefined where there is none of an encoder
 * that decoders believe (http://gabriel.mp3-tech.org/mp3infotag.html).
 */
export function gapsOf(frame: Uint8Array): Gaps | undefined {
  const header = parseFrameHeader(frame);
  if (!header) return undefined;
  const at = 4 + sideInfoBytes(header);
  const isTagged = ['Xing', 'Info'].some((name) => hasBytes(frame, at, Array.from(ascii(name))));
  if (!isTagged) return undefined;
  const fields = frame[at + 7] ?? 0;
  const lameAt = fieldBytes.reduce(
    (sum, bytes, bit) => sum + ((fields >> bit) & 1) * bytes,
    at + 8,
  );
  const isKnown = ['LAME', 'Lavf', 'Lavc'].some((name) =>
    hasBytes(frame, lameAt, Array.from(ascii(name))),
  );
  const [high, middle, low] = frame.subarray(lameAt + gapsAt, lameAt + gapsAt + 3);
  if (!isKnown || high === undefined || middle === undefined || low === undefined) return undefined;
  return { delay: (high << 4) | (middle >> 4), padding: ((middle & 0x0f) << 8) | low };
}
