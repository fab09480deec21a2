import { text, uint } from '#shared/core/bytes';
import { waitUntil } from './contents.ts';
import type { FoundTrack, Look } from './contents.ts';
import { elementAt, elementsIn } from './elements.ts';
import type { Element } from './elements.ts';

const id = {
  ...{ header: 0x1a45dfa3, segment: 0x18538067, info: 0x1549a966, tracks: 0x1654ae6b },
  ...{ cluster: 0x1f43b675, scale: 0x2ad7b1, duration: 0x4489, track: 0xae, type: 0x83 },
  ...{ codec: 0x86, encodings: 0x6d80, encoding: 0x6240, encryption: 0x5035, algorithm: 0x47e1 },
};

/** Matroska and WebM, where the tracks are in front of the sound (RFC 9559). */
export function lookAtMatroska(bytes: Uint8Array): Look {
  for (const element of elementsIn(bytes)) {
    if (element.id === id.segment) return lookAtSegment(element);
    if (element.id !== id.header) return 'unknown';
  }
  return 'more';
}

function lookAtSegment(segment: Element): Look {
  let seconds: number | undefined;
  for (const { id: found, body, isWhole, end } of elementsIn(segment.body)) {
    if (found === id.cluster) return 'unknown';
    if (found === id.info && isWhole) seconds = secondsIn(body);
    if (found !== id.tracks) continue;
    if (!isWhole) return waitUntil(segment.start + end);
    const tracks = tracksIn(body);
    return tracks ? { tracks, seconds } : 'unknown';
  }
  return 'more';
}

function tracksIn(list: Uint8Array): readonly FoundTrack[] | undefined {
  const entries = Array.from(elementsIn(list)).filter((element) => element.id === id.track);
  const tracks = entries.map(({ body, isWhole }) => (isWhole ? trackOf(body) : undefined));
  const known = tracks.filter((track) => track !== undefined);
  return known.length === tracks.length && known.length > 0 ? known : undefined;
}

/** 3 is a mix of both; what is not listed, nobody knows. */
const kinds: Readonly<Record<number, FoundTrack['kind']>> = {
  ...{ 1: 'video', 2: 'sound', 0x10: 'other', 0x11: 'other', 0x12: 'other', 0x20: 'other' },
};

function trackOf(entry: Uint8Array): FoundTrack | undefined {
  const kind = kinds[number(elementAt(entry, id.type)) ?? 0];
  const codec = codecOf(elementAt(entry, id.codec));
  const encryption = elementAt(entry, id.encodings, id.encoding, id.encryption);
  // 0 is "only signed".
  const algorithm = encryption && number(elementAt(encryption, id.algorithm));
  return kind && { kind, codec, isEncrypted: (algorithm ?? 0) !== 0 };
}

const codecs: Readonly<Record<string, string>> = {
  ...{ 'V_MPEG4/ISO/AVC': 'h264', 'V_MPEGH/ISO/HEVC': 'hevc', V_VP8: 'vp8', V_VP9: 'vp9' },
  ...{ V_AV1: 'av1', A_AAC: 'aac', A_OPUS: 'opus', A_VORBIS: 'vorbis', A_AC3: 'ac3' },
};

function codecOf(name: Uint8Array | undefined): string | undefined {
  return name && codecs[text(name, 0, 32)];
}

const usualScale = 1_000_000;

function secondsIn(info: Uint8Array): number | undefined {
  const duration = elementAt(info, id.duration);
  if (!duration) return undefined;
  const scale = number(elementAt(info, id.scale)) ?? usualScale;
  const seconds = (float(duration) * scale) / 1e9;
  return seconds > 0 && seconds < Infinity ? seconds : undefined;
}

function number(bytes: Uint8Array | undefined): number | undefined {
  return bytes && bytes.length <= 8 ? uint(bytes, 0, bytes.length) : undefined;
}

function float(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return view.getFloat32(0);
  return bytes.length === 8 ? view.getFloat64(0) : 0;
}
