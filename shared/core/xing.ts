import { crc16 } from '#shared/core/crc16';
import type { FrameCount, FrameMarks } from '#shared/core/frame-counter';
import type { Gaps } from '#shared/core/lame-tag';
import {
  bitratesAt,
  encoderDelay,
  frameBytes,
  frameHeader,
  samplesPerFrame,
  sideInfoBytes,
} from '#shared/core/mp3';
import type { BitRate, FrameShape, Mp3Encoding } from '#shared/core/mp3';

/**
 * The frame in front of an MP3's sound that tells a player its length: Xing's header ("Info" where
 * the bit rate is constant) with LAME's extension (http://gabriel.mp3-tech.org/mp3infotag.html),
 * from which players take how many samples to drop at both ends.
 */

const tocEntries = 100;
const lameBytes = 36;
/** Revision 0 and the method: constant, or what LAME calls mtrh, its only variable one today. */
const constantRate = 0x01;
const variableRate = 0x04;
/** "Info", flags, frames, bytes, table of contents, quality. */
const xingBytes = 4 + 4 + 4 + 4 + tocEntries + 4;

/** Bytes of the info frame: known before the first sample is encoded. */
export function infoFrameBytes(encoding: Mp3Encoding): number {
  return frameBytes(infoShape(encoding));
}

/**
 * The info frame of `counted` frames that hold `samples` per channel. Frames that cannot hold them
 * are a TypeError.
 */
export function infoFrame(encoding: Mp3Encoding, samples: number, counted: FrameCount): Uint8Array {
  const gaps = { delay: encoderDelay, padding: paddingOf(encoding, samples, counted.frames) };
  return infoFrameWith(encoding, counted, gaps);
}

/**
 * The info frame of `counted` frames of whatever encoder, of a constant bit rate or not. Without
 * gaps it has no LAME extension: then players drop nothing.
 */
export function infoFrameWith(
  encoding: Mp3Encoding,
  counted: FrameCount,
  gaps: Gaps | undefined,
): Uint8Array {
  const shape = infoShape(encoding);
  const header = frameHeader(shape);
  const frame = new Uint8Array(frameBytes(shape));
  const xingAt = header.length + sideInfoBytes(encoding);
  const lameAt = xingAt + xingBytes;
  frame.set(header);
  writeXing(frame.subarray(xingAt, lameAt), encoding.rate, counted, frame.length);
  if (!gaps) return frame;
  writeLame(new DataView(frame.buffer, lameAt, lameBytes), encoding, {
    gaps,
    fileBytes: frame.length + counted.bytes,
    crc: counted.crc,
  });
  const tagCrcAt = lameAt + lameBytes - 2;
  new DataView(frame.buffer).setUint16(tagCrcAt, crc16(frame.subarray(0, tagCrcAt)));
  return frame;
}

function writeXing(
  tag: Uint8Array,
  rate: BitRate,
  { frames, bytes, marks }: FrameCount,
  ownBytes: number,
): void {
  const view = new DataView(tag.buffer, tag.byteOffset);
  const fileBytes = ownBytes + bytes;
  tag.set(ascii('kbps' in rate ? 'Info' : 'Xing'));
  view.setUint32(4, 0x0f);
  view.setUint32(8, frames);
  view.setUint32(12, fileBytes);
  for (let entry = 0; entry < tocEntries; entry += 1) {
    const offset = ownBytes + offsetOf((frames * entry) / tocEntries, frames, bytes, marks);
    tag[16 + entry] = Math.min(255, Math.floor((256 * offset) / fileBytes));
  }
  if ('quality' in rate) view.setUint32(16 + tocEntries, 100 - 10 * rate.quality);
}

/** Where a frame begins; between two marks as if all frames there were of one size. */
function offsetOf(frame: number, frames: number, bytes: number, marks: FrameMarks): number {
  const index = Math.floor(frame / marks.every);
  const from = marks.offsets[index] ?? 0;
  const next = marks.offsets[index + 1];
  const span = next === undefined ? frames - index * marks.every : marks.every;
  return from + (((next ?? bytes) - from) * (frame - index * marks.every)) / span;
}

function writeLame(
  view: DataView,
  { sampleRate, rate }: Mp3Encoding,
  file: { readonly gaps: Gaps; readonly fileBytes: number; readonly crc: number },
): void {
  const least = 'kbps' in rate ? rate.kbps : (bitratesAt(sampleRate)[0] ?? 0);
  for (const [at, character] of ascii('LAME3.100').entries()) view.setUint8(at, character);
  view.setUint8(9, 'kbps' in rate ? constantRate : variableRate);
  // Lowpass, peak, gains, encoding flags: 0 stands for unknown.
  view.setUint32(20, (Math.min(least, 255) << 24) | (file.gaps.delay << 12) | file.gaps.padding);
  view.setUint32(28, file.fileBytes);
  view.setUint16(32, file.crc);
}

function paddingOf({ sampleRate }: Mp3Encoding, samples: number, frames: number): number {
  const padding = frames * samplesPerFrame(sampleRate) - encoderDelay - samples;
  if (padding < 0 || padding > 0xfff) {
    throw new TypeError(`${frames} frames do not hold ${samples} samples`);
  }
  return padding;
}

/**
 * The smallest bit rate whose frame has room for both tags, from the stream's own upwards where
 * that is constant.
 */
function infoShape({ sampleRate, channels, rate }: Mp3Encoding): FrameShape {
  const own = 'kbps' in rate ? rate.kbps : 0;
  const needed = 4 + sideInfoBytes({ sampleRate, channels }) + xingBytes + lameBytes;
  const bitrate = bitratesAt(sampleRate).find(
    (kbps) => kbps >= own && frameBytes({ sampleRate, bitrate: kbps }) >= needed,
  );
  if (bitrate === undefined) throw new TypeError(`no bit rate of ${own} kb/s`);
  return { sampleRate, channels, bitrate };
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
