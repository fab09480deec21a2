/**
 * MPEG audio layer III as it lies in a file: frames, one after the other, each with a header of
 * four bytes (ISO 11172-3 §2.4.1.3, ISO 13818-3; "2.5" is Fraunhofer's extension below 16 kHz).
 */
type Version = '1' | '2' | '2.5';

/** What a frame's header tells. `bitrate` in kb/s, `samples` per channel, `bytes` with header. */
export interface FrameHeader {
  readonly version: Version;
  readonly bitrate: number;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly samples: 1152 | 576;
  readonly bytes: number;
}

/** The shape of one frame. `bitrate` in kb/s. */
export interface FrameShape {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly bitrate: number;
}

/** A constant bit rate in kb/s, or LAME's variable one by its quality: 0 (best) to 9. */
export type BitRate = { readonly kbps: number } | { readonly quality: number };

/** What is to be made of samples. */
export interface Mp3Encoding {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly rate: BitRate;
}

const bitratesOf: Record<Version, readonly number[]> = {
  '1': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2.5': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const sampleRatesOf: Record<Version, readonly number[]> = {
  '1': [44_100, 48_000, 32_000],
  '2': [22_050, 24_000, 16_000],
  '2.5': [11_025, 12_000, 8_000],
};
const versions: readonly (Version | undefined)[] = ['2.5', undefined, '2', '1'];

/** Samples per channel that LAME puts in front of the sound. */
export const encoderDelay = 576;
/** At least as many follow it, so that a decoder's own delay of 529 loses none of it. */
const leastPadding = 576;

/** The MPEG version that a sample rate belongs to. A rate that is none of MP3's is a TypeError. */
export function versionOf(sampleRate: number): Version {
  const version = versions.find((v) => v && sampleRatesOf[v].includes(sampleRate));
  if (!version) throw new TypeError(`MP3 has no sample rate of ${sampleRate} Hz`);
  return version;
}

/** Bit rates in kb/s that a stream of this sample rate can have, smallest first. */
export function bitratesAt(sampleRate: number): readonly number[] {
  return bitratesOf[versionOf(sampleRate)];
}

/** Samples per channel in one frame. */
export function samplesPerFrame(sampleRate: number): 1152 | 576 {
  return versionOf(sampleRate) === '1' ? 1152 : 576;
}

/** Bytes of one frame without padding. */
export function frameBytes(shape: Pick<FrameShape, 'sampleRate' | 'bitrate'>): number {
  const bytesPerSecond = shape.bitrate * 125;
  return Math.floor((samplesPerFrame(shape.sampleRate) * bytesPerSecond) / shape.sampleRate);
}

/** Bytes between a frame's header and what its main data or a tag in it begins with. */
export function sideInfoBytes({ sampleRate, channels }: Omit<FrameShape, 'bitrate'>): number {
  if (versionOf(sampleRate) === '1') return channels === 1 ? 17 : 32;
  return channels === 1 ? 9 : 17;
}

/** The header of a frame without CRC and padding; joint stereo where there are two channels. */
export function frameHeader(shape: FrameShape): Uint8Array {
  const version = versionOf(shape.sampleRate);
  const bitrate = bitratesOf[version].indexOf(shape.bitrate) + 1;
  if (bitrate === 0) throw new TypeError(`no bit rate of ${shape.bitrate} at ${shape.sampleRate}`);
  const rate = sampleRatesOf[version].indexOf(shape.sampleRate);
  const mode = shape.channels === 1 ? 0b11 : 0b01;
  return Uint8Array.of(
    0xff,
    0xe3 | (versions.indexOf(version) << 3),
    (bitrate << 4) | (rate << 2),
    (mode << 6) | 0x04,
  );
}

/** Reads the header at `at`; undefined where there is none of layer III with a fixed bit rate. */
export function parseFrameHeader(bytes: Uint8Array, at = 0): FrameHeader | undefined {
  const [sync, kind = 0, rates = 0, mode = 0] = bytes.subarray(at, at + 4);
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2) return undefined;
  const version = versions[(kind >> 3) & 3];
  if (!version) return undefined;
  const bitrate = bitratesOf[version][(rates >> 4) - 1];
  const sampleRate = sampleRatesOf[version][(rates >> 2) & 3];
  if (bitrate === undefined || sampleRate === undefined) return undefined;
  const padding = (rates >> 1) & 1;
  return {
    version,
    bitrate,
    sampleRate,
    channels: mode >> 6 === 0b11 ? 1 : 2,
    samples: samplesPerFrame(sampleRate),
    bytes: frameBytes({ sampleRate, bitrate }) + padding,
  };
}

/** Frames that LAME makes of `samples` per channel (libmp3lame/lame.c, lame_encode_flush). */
export function framesFor(samples: number, sampleRate: number): number {
  return Math.ceil((samples + encoderDelay + leastPadding) / samplesPerFrame(sampleRate));
}
