import { hasBytes, text as textAt } from '#shared/core/bytes';
import { AppError, sentence } from '#shared/core/errors';
import { pictureBrands } from '#shared/core/signature';

type Disguise = readonly [name: string, matches: (bytes: Uint8Array, text: string) => boolean];

/** Lists of other files and addresses: a converter that obeyed them would fetch those. */
const playlists: readonly Disguise[] = [
  ['an HLS playlist (M3U)', (_, text) => text.startsWith('#EXTM3U')],
  ['a playlist (PLS)', (_, text) => /^\[playlist\]/i.test(text)],
  ['a playlist (XSPF)', (_, text) => isXml(text, 'playlist')],
  ['a DASH manifest', (_, text) => isXml(text, 'MPD')],
  ['a Smooth Streaming manifest', (_, text) => isXml(text, 'SmoothStreamingMedia')],
  ['a Windows Media playlist', (_, text) => /^<asx[\s>]/i.test(text)],
  ['a SMIL presentation', (_, text) => isXml(text, 'smil')],
  ['a list of files for ffmpeg', (_, text) => text.startsWith('ffconcat')],
  ['a session description (SDP)', (_, text) => /^v=0\r?\no=/.test(text)],
];

const others: readonly Disguise[] = [
  ['a picture (JPEG)', (b) => hasBytes(b, 0, [0xff, 0xd8, 0xff])],
  ['a picture (PNG)', (b) => hasBytes(b, 0, [0x89, 0x50, 0x4e, 0x47])],
  ['a picture (GIF)', (_, text) => /^GIF8[79]a/.test(text)],
  ['a picture (WebP)', (_, text) => /^RIFF[^]{4}WEBP/.test(text)],
  [
    'a picture (HEIC or AVIF)',
    (_, text) => text.startsWith('ftyp', 4) && pictureBrands.includes(text.slice(8, 12)),
  ],
  ['a PDF', (_, text) => text.startsWith('%PDF-')],
  ['an archive (ZIP) or an office document', (b) => hasBytes(b, 0, [0x50, 0x4b, 0x03, 0x04])],
  ['an archive (gzip)', (b) => hasBytes(b, 0, [0x1f, 0x8b])],
  ['an archive (7z)', (b) => hasBytes(b, 0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
  ['an archive (RAR)', (_, text) => text.startsWith('Rar!')],
  ['a program', (b, text) => hasBytes(b, 0, [0x7f, 0x45, 0x4c, 0x46]) || text.startsWith('MZ')],
  ['a web page', (_, text) => /^<(!doctype html|html|head|body)[\s>]/i.test(text)],
  ['a file of XML', (_, text) => text.startsWith('<?xml')],
  ['a text', (bytes) => bytes.length > 0 && bytes.every(isPrintable)],
];

/**
 * Why a file that is no container known here is refused, by its first bytes: `playlist` for what
 * only names other files, else `not_media`; both say what it is where that is known.
 */
export function refusalOf(head: Uint8Array): AppError {
  const text = startOf(head);
  const find = (kinds: readonly Disguise[]) =>
    kinds.find(([, matches]) => matches(head, text))?.[0];
  const playlist = find(playlists);
  if (playlist !== undefined) return told('playlist', playlist);
  const other = find(others);
  return other === undefined ? new AppError('not_media') : told('not_media', other);
}

function told(code: 'playlist' | 'not_media', name: string): AppError {
  return new AppError(code, `${sentence[code]} It is ${name}.`);
}

/** Characters by the byte, without the mark and the blanks that texts may begin with. */
function startOf(head: Uint8Array): string {
  return textAt(head, 0, 2048)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
}

function isXml(text: string, root: string): boolean {
  const start = text.replace(/^<\?xml[^>]*>\s*/, '').replace(/^(<!--[^]*?-->\s*)*/, '');
  return new RegExp(`^<${root}[\\s>]`).test(start);
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
