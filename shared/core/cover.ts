import { ascii, hasBytes } from '#shared/core/bytes';

/** A picture that belongs to a sound, as it lies in the file it came from. */
export interface Cover {
  readonly mime: 'image/jpeg' | 'image/png';
  readonly bytes: Uint8Array;
}

/** Larger than any cover, smaller than what a player's decoder would choke on. */
const longestSide = 10_000;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A stranger's bytes as a cover: a JPEG or PNG by its first bytes, with sides of 1 to 10 000
 * pixels by its own header, whole by its last bytes. Undefined for everything else, whatever it is
 * called (security.md 51). Nothing is decoded.
 */
export function coverOf(bytes: Uint8Array): Cover | undefined {
  const jpeg = jpegSize(bytes);
  if (jpeg) return isSane(jpeg) ? { mime: 'image/jpeg', bytes } : undefined;
  const png = pngSize(bytes);
  return png && isSane(png) ? { mime: 'image/png', bytes } : undefined;
}

function isSane({ width, height }: Size): boolean {
  return [width, height].every((side) => side >= 1 && side <= longestSide);
}

/** Size in the frame header of a JPEG (ITU-T T.81 §B.2.2), found by walking over what precedes. */
function jpegSize(bytes: Uint8Array): Size | undefined {
  const isWhole =
    hasBytes(bytes, 0, [0xff, 0xd8, 0xff]) && hasBytes(bytes, bytes.length - 2, endOfImage);
  if (!isWhole) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker))
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

const endOfImage = [0xff, 0xd9];

/** Baseline, extended and progressive; the kinds beyond them are not for the web. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xc2;
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const pngHeader = [0, 0, 0, 13, ...ascii('IHDR')];
const pngEnd = [...ascii('IEND'), 0xae, 0x42, 0x60, 0x82];

/** Size in the first chunk of a PNG (RFC 2083 §4.1.1). */
function pngSize(bytes: Uint8Array): Size | undefined {
  const isWhole =
    hasBytes(bytes, 0, [...pngSignature, ...pngHeader]) &&
    hasBytes(bytes, bytes.length - pngEnd.length, pngEnd);
  if (!isWhole || bytes.length < 45) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
