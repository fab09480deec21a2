import { text, uint } from '#shared/core/bytes';
import { boxAt, boxesIn } from './boxes.ts';
import { waitUntil } from './contents.ts';
import type { Contents, FoundTrack, Look } from './contents.ts';

/** What may stand in front of the index. */
const inFront = ['ftyp', 'free', 'skip', 'wide', 'uuid', 'pdin', 'styp', 'pnot'];

/** MP4 and QuickTime, where the index (`moov`) is in front of the sound (ISO 14496-12). */
export function lookAtIsoMedia(bytes: Uint8Array): Look {
  let contents: Contents | undefined;
  for (const { type, body, isWhole, end } of boxesIn(bytes)) {
    if (contents)
      return type === 'mdat' && end !== Infinity ? { ...contents, bytes: end } : contents;
    if (type === 'moov' && !isWhole) return waitUntil(end);
    if (type === 'moov') contents = contentsOf(body);
    if (type === 'moov' ? !contents : !inFront.includes(type)) return 'unknown';
  }
  return contents ?? 'more';
}

function contentsOf(movie: Uint8Array): Contents | undefined {
  const found: FoundTrack[] = [];
  const lengths = [secondsIn(boxAt(movie, 'mvhd'))];
  for (const { type, body, isWhole } of boxesIn(movie)) {
    if (type !== 'trak') continue;
    const track = isWhole ? trackOf(body) : undefined;
    if (!track) return undefined;
    found.push(track);
    if (track.kind === 'sound') lengths.push(secondsIn(boxAt(body, 'mdia', 'mdhd')));
  }
  // None at all: the index is compressed, or points to other files.
  if (found.length === 0) return undefined;
  const known = lengths.filter((seconds) => seconds !== undefined);
  const seconds = known.length === lengths.length ? Math.min(...known) : undefined;
  return { tracks: found, seconds };
}

/** Handlers that hold no sound; of any other nobody knows. */
const silent = ['text', 'sbtl', 'subt', 'subp', 'clcp', 'tmcd', 'meta', 'hint', 'sdsm', 'odsm'];

function trackOf(track: Uint8Array): FoundTrack | undefined {
  const handler = boxAt(track, 'mdia', 'hdlr');
  const described = boxAt(track, 'mdia', 'minf', 'stbl', 'stsd');
  if (!handler || !described) return undefined;
  const kind = kindOf(text(handler, 8, 4));
  return kind && { kind, ...sampleOf(described.subarray(8)) };
}

function kindOf(handler: string): FoundTrack['kind'] | undefined {
  if (handler === 'soun') return 'sound';
  if (handler === 'vide') return 'video';
  return silent.includes(handler) ? 'other' : undefined;
}

const codecs: Readonly<Record<string, string>> = {
  ...{ avc1: 'h264', avc3: 'h264', hvc1: 'hevc', hev1: 'hevc', av01: 'av1', vp08: 'vp8' },
  ...{ vp09: 'vp9', mp4v: 'mpeg4', mp4a: 'aac', 'ac-3': 'ac3', 'ec-3': 'eac3', Opus: 'opus' },
};

function sampleOf(entries: Uint8Array): Pick<FoundTrack, 'codec' | 'isEncrypted'> {
  const samples = Array.from(boxesIn(entries));
  const [first] = samples;
  if (!first) return { codec: undefined, isEncrypted: false };
  const isEncrypted = samples.every(({ type, body }) => isProtected(type, body));
  const format = isEncrypted ? behind(first.body, 'frma') : first.type;
  return { codec: codecs[format], isEncrypted };
}

/** Common encryption (ISO 23001-7) and FairPlay; `tenc` may say that nothing is encrypted yet. */
function isProtected(type: string, body: Uint8Array): boolean {
  if (!['enca', 'encv', 'drms', 'drmi'].includes(type)) return false;
  const words = text(body, 0, mostSampleBytes);
  const tenc = words.indexOf('tenc');
  return words.includes('sinf') && (tenc < 0 || body[tenc + 10] !== 0);
}

const mostSampleBytes = 4096;

function behind(body: Uint8Array, name: string): string {
  const words = text(body, 0, mostSampleBytes);
  const at = words.indexOf(name);
  return at < 0 ? '' : words.slice(at + 4, at + 8);
}

/** Of a header with a time scale and a length (`mvhd`, `mdhd`); 0 and all ones tell nothing. */
function secondsIn(header: Uint8Array | undefined): number | undefined {
  if (!header) return undefined;
  const isLong = header[0] === 1;
  const scale = uint(header, isLong ? 20 : 12, 4);
  const length = isLong ? uint(header, 24, 8) : uint(header, 16, 4);
  const unsaid = isLong ? 2 ** 63 : 2 ** 32 - 1;
  return scale === 0 || length === 0 || length >= unsaid ? undefined : length / scale;
}
