import { hasBytes, text } from '#shared/core/bytes';

/** A container whose first bytes are known here; the only ones that are handed to ffmpeg. */
export type Container =
  | 'mp4'
  | 'matroska'
  | 'avi'
  | 'wav'
  | 'ogg'
  | 'flac'
  | 'mp3'
  | 'adts'
  | 'mpeg-ts'
  | 'mpeg-ps'
  | 'flv'
  | 'asf'
  | 'caf'
  | 'aiff'
  | 'amr'
  | 'au';

/** How many first bytes {@link containerOf} looks at; fewer are enough for a shorter file. */
export const signatureBytes = 2048;

/**
 * The container a file's first bytes are those of, or undefined: then it is no media file for us.
 *
 * Playlists and manifests (HLS, DASH, ffconcat, SDP) make ffmpeg open other files and addresses;
 * they are refused because they match nothing here, as are pages, archives and programs. The name
 * and the extension of the file play no part.
 */
export function containerOf(bytes: Uint8Array): Container | undefined {
  return signatures.find(([, matches]) => matches(bytes))?.[0];
}

type Signature = readonly [Container, (bytes: Uint8Array) => boolean];

const signatures: readonly Signature[] = [
  ['mp4', isIsoBaseMedia],
  ['matroska', (b) => hasBytes(b, 0, [0x1a, 0x45, 0xdf, 0xa3]) && namesMatroska(b)],
  ['avi', (b) => hasText(b, 0, 'RIFF') && hasText(b, 8, 'AVI ')],
  ['wav', (b) => ['RIFF', 'RF64', 'BW64'].some((id) => hasText(b, 0, id)) && hasText(b, 8, 'WAVE')],
  ['ogg', (b) => hasText(b, 0, 'OggS\0')],
  ['flac', (b) => hasText(b, 0, 'fLaC')],
  ['flv', (b) => hasText(b, 0, 'FLV\x01')],
  ['asf', (b) => hasBytes(b, 0, [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11])],
  ['caf', (b) => hasText(b, 0, 'caff')],
  ['aiff', (b) => hasText(b, 0, 'FORM') && (hasText(b, 8, 'AIFF') || hasText(b, 8, 'AIFC'))],
  ['amr', (b) => hasText(b, 0, '#!AMR')],
  ['au', (b) => hasText(b, 0, '.snd')],
  ['mpeg-ps', (b) => hasBytes(b, 0, [0x00, 0x00, 0x01, 0xba])],
  ['mpeg-ts', isTransportStream],
  ['mp3', (b) => hasText(b, 0, 'ID3') || isMpegAudio(b)],
  ['adts', isAdts],
];

function hasText(bytes: Uint8Array, at: number, wanted: string): boolean {
  return text(bytes, at, wanted.length) === wanted;
}

const firstBoxes = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'styp', 'pnot'];
/** Brands of photographs, which share the box format and hold no sound. */
export const pictureBrands = ['heic', 'heix', 'mif1', 'avif', 'crx '];

function isIsoBaseMedia(bytes: Uint8Array): boolean {
  const box = text(bytes, 4, 4);
  return firstBoxes.includes(box) && !(box === 'ftyp' && pictureBrands.includes(text(bytes, 8, 4)));
}

function namesMatroska(bytes: Uint8Array): boolean {
  const header = text(bytes, 0, 64);
  return header.includes('matroska') || header.includes('webm');
}

/** 0x47 at the start of three packets of 188 bytes, or 192 (Blu-ray, behind a 4-byte stamp). */
function isTransportStream(bytes: Uint8Array): boolean {
  return [
    { first: 0, packet: 188 },
    { first: 4, packet: 192 },
  ].some(({ first, packet }) => [0, 1, 2].every((index) => bytes[first + index * packet] === 0x47));
}

/** MPEG audio layer II or III. Layer I is left out: its sync is also the mark of UTF-16 text. */
function isMpegAudio(bytes: Uint8Array): boolean {
  const [sync = 0, kind = 0, rates = 0] = bytes;
  const isSync = sync === 0xff && (kind & 0xe0) === 0xe0;
  const isVersion = (kind & 0x18) !== 0x08;
  const isLayer = (kind & 0x06) === 0x02 || (kind & 0x06) === 0x04;
  const hasRates = (rates & 0xf0) !== 0xf0 && (rates & 0xf0) !== 0 && (rates & 0x0c) !== 0x0c;
  return isSync && isVersion && isLayer && hasRates;
}

/** AAC in ADTS: two frames in a row, as far as the second lies within the bytes. */
function isAdts(bytes: Uint8Array): boolean {
  if (!isAdtsSync(bytes, 0) || bytes.length < 7) return false;
  const [, , , high = 0, middle = 0, low = 0] = bytes;
  const frameBytes = ((high & 0x03) << 11) | (middle << 3) | (low >> 5);
  return frameBytes > 7 && (frameBytes + 2 > bytes.length || isAdtsSync(bytes, frameBytes));
}

function isAdtsSync(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0;
}
