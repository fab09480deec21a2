import { crc16 } from '#shared/core/crc16';
import {
  bitratesAt,
  encoderDelay,
  frameBytes,
  frameHeader,
  samplesPerFrame,
  versionOf,
} from '#shared/core/mp3';
import type { FrameCount, Mp3Shape } from '#shared/core/mp3';

/**
 * The frame in front of an MP3's sound that tells a player its length: Xing's header ("Info" where
 * the bit rate is constant) with LAME's extension (http://gabriel.mp3-tech.org/mp3infotag.html),
 * from which players take how many samples to drop at both ends.
 */

const tocEntries = 100;
const lameBytes = 36;
/** "Info", flags, frames, bytes, table of contents, quality. */
const xingBytes = 4 + 4 + 4 + 4 + tocEntries + 4;

/** Bytes of the info frame: known before the first sample is encoded. */
export function infoFrameBytes(shape: Mp3Shape): number {
  return frameBytes(infoShape(shape));
}

/**
 * The info frame of `counted` frames of constant bit rate that hold `samples` per channel.
 * Frames that cannot hold them are a TypeError.
 */
export function infoFrame(shape: Mp3Shape, samples: number, counted: FrameCount): Uint8Array {
  const header = frameHeader(infoShape(shape));
  const frame = new Uint8Array(infoFrameBytes(shape));
  const view = new DataView(frame.buffer);
  const xingAt = header.length + sideInfoBytes(shape);
  const fileBytes = frame.length + counted.bytes;
  frame.set(header);
  frame.set(ascii('Info'), xingAt);
  view.setUint32(xingAt + 4, 0x0f);
  view.setUint32(xingAt + 8, counted.frames);
  view.setUint32(xingAt + 12, fileBytes);
  for (let entry = 0; entry < tocEntries; entry += 1) {
    frame[xingAt + 16 + entry] = Math.floor((entry * 256) / tocEntries);
  }
  writeLame(view, xingAt + xingBytes, shape, paddingOf(shape, samples, counted.frames), {
    ...counted,
    bytes: fileBytes,
  });
  return frame;
}

function writeLame(
  view: DataView,
  at: number,
  shape: Mp3Shape,
  padding: number,
  file: FrameCount,
): void {
  const frame = new Uint8Array(view.buffer);
  frame.set(ascii('LAME3.100'), at);
  view.setUint8(at + 9, 0x01); // revision 0, constant bit rate
  // Lowpass, peak, gains, encoding flags: 0 stands for unknown.
  view.setUint32(at + 20, (Math.min(shape.bitrate, 255) << 24) | (encoderDelay << 12) | padding);
  view.setUint32(at + 28, file.bytes);
  view.setUint16(at + 32, file.crc);
  view.setUint16(at + 34, crc16(frame.subarray(0, at + 34)));
}

function paddingOf(shape: Mp3Shape, samples: number, frames: number): number {
  const padding = frames * samplesPerFrame(shape.sampleRate) - encoderDelay - samples;
  if (padding < 0 || padding > 0xfff) {
    throw new TypeError(`${frames} frames do not hold ${samples} samples`);
  }
  return padding;
}

/** The smallest bit rate, from the stream's own upwards, whose frame has room for both tags. */
function infoShape(shape: Mp3Shape): Mp3Shape {
  const needed = 4 + sideInfoBytes(shape) + xingBytes + lameBytes;
  const bitrate = bitratesAt(shape.sampleRate).find(
    (rate) => rate >= shape.bitrate && frameBytes({ ...shape, bitrate: rate }) >= needed,
  );
  if (bitrate === undefined) throw new TypeError(`no bit rate of ${shape.bitrate} kb/s`);
  return { ...shape, bitrate };
}

function sideInfoBytes(shape: Mp3Shape): number {
  if (versionOf(shape.sampleRate) === '1') return shape.channels === 1 ? 17 : 32;
  return shape.channels === 1 ? 9 : 17;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
