import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';

const run = promisify(execFile);

/** Files that are small, and much to whoever obeys them (security.md, row 50). */

/**
 * Ten hours of silence in some hundred kilobytes. With `isHidden`, of a length it does not tell.
 */
export async function silentFlac(folder: string, isHidden: boolean): Promise<Buffer> {
  const path = join(folder, 'silence.flac');
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono'],
    ...['-t', '36000', '-compression_level', '0', '-frame_size', '65535', path],
  ]);
  const flac = await readFile(path);
  await rm(path);
  if (!isHidden) return flac;
  // STREAMINFO: 36 bits of "total samples" from bit 172 on; 0 is unknown (RFC 9639 §8.2).
  flac[21] = (flac[21] ?? 0) & 0xf0;
  flac.fill(0, 22, 26);
  return flac;
}

/**
 * A VP9 film of pictures `pixels` wide and high beside two seconds of honest sound. Decoding one
 * of 16000 takes 370 MiB.
 */
export function hugePicture(pixels: number): Buffer {
  const side = uint32(pixels).subarray(2);
  const video = element('e0', Buffer.concat([element('b0', side), element('ba', side)]));
  const tracks = [pcmTrack(), track(2, 1, 'V_VP9', video)].map((entry) => element('ae', entry));
  // Key frame, profile 0, 8-bit 4:2:0, both sides less one in 16 bits (VP9 bitstream §6.2).
  const most = (pixels - 1).toString(16).padStart(4, '0');
  const head = Buffer.from(`824983422${most}${most}000`, 'hex');
  const frame = Buffer.concat([head, Buffer.alloc(64)]);
  const blocks = [
    element('a3', Buffer.concat([Buffer.of(0x82, 0, 0, 0x80), frame])),
    element('a3', Buffer.concat([Buffer.of(0x81, 0, 0, 0x80), Buffer.alloc(16_000, 128)])),
  ];
  const cluster = element('1f43b675', Buffer.concat([element('e7', Buffer.of(0)), ...blocks]));
  return matroska(Buffer.concat([element('1654ae6b', Buffer.concat(tracks)), cluster]));
}

/** A million empty tracks, eight bytes each (ISO/IEC 14496-12 §8.3). */
export function manyTracksMov(): Buffer {
  const track = box('trak', Buffer.of());
  const moov = box('moov', Buffer.concat(Array<Buffer>(1_000_000).fill(track)));
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), moov]);
}

function box(type: string, content: Buffer): Buffer {
  return Buffer.concat([uint32(8 + content.length), Buffer.from(type), content]);
}

/** A million sound tracks in Matroska (RFC 9559 §5.1.4). */
export function manyTracksMkv(): Buffer {
  const entry = element('ae', pcmTrack());
  const tracks = element('1654ae6b', Buffer.concat(Array<Buffer>(1_000_000).fill(entry)));
  return matroska(tracks);
}

/**
 * Twenty hours of silence in Matroska, every block of so many bytes packed a thousandfold
 * (RFC 9559 §5.1.4.1.31).
 */
export function packedMkv(blockBytes: number): Buffer {
  const zlib = element('6d80', element('6240', element('5034', element('4254', Buffer.of(0)))));
  const tracks = element('1654ae6b', element('ae', Buffer.concat([pcmTrack(), zlib])));
  const packed = deflateSync(Buffer.alloc(blockBytes, 128));
  const clusters = Array.from({ length: 576_000_000 / blockBytes }, (_, n) =>
    element(
      '1f43b675',
      Buffer.concat([
        element('e7', uint32((n * blockBytes) / 8)),
        element('a3', Buffer.concat([Buffer.of(0x81, 0, 0, 0x80), packed])),
      ]),
    ),
  );
  return matroska(Buffer.concat([tracks, ...clusters]));
}

function matroska(segment: Buffer): Buffer {
  const header = element('1a45dfa3', element('4282', Buffer.from('matroska')));
  return Buffer.concat([header, element('18538067', segment)]);
}

function track(number: number, type: number, codec: string, about: Buffer): Buffer {
  const numbered = [element('d7', Buffer.of(number)), element('73c5', Buffer.of(number))];
  const kind = [element('83', Buffer.of(type)), element('86', Buffer.from(codec))];
  return Buffer.concat([...numbered, ...kind, about]);
}

/** 8-bit PCM, mono, 8 kHz. */
function pcmTrack(): Buffer {
  const rate = Buffer.alloc(4);
  rate.writeFloatBE(8_000);
  const depth = element('6264', Buffer.of(8));
  const audio = element('e1', Buffer.concat([element('b5', rate), depth]));
  return track(1, 2, 'A_PCM/INT/LIT', audio);
}

/** Its size takes five bytes, whatever it is. */
function element(id: string, content: Buffer): Buffer {
  const size = [Buffer.of(0x08), uint32(content.length)];
  return Buffer.concat([Buffer.from(id, 'hex'), ...size, content]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
