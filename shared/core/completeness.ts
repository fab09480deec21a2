import type { Container } from '#shared/core/signature';

/** A stored file as far as {@link isCutOff} needs it. */
export interface FileEnds {
  readonly bytes: number;
  /** Its first {@link signatureBytes} bytes. */
  readonly head: Uint8Array;
  /** Its last {@link tailBytes} bytes. */
  readonly tail: Uint8Array;
}

/** How many last bytes {@link isCutOff} looks at: the longest Ogg page (RFC 3533 §6). */
export const tailBytes = 65_307;

/**
 * Whether a file lacks its end by what it says of its own size. ffmpeg bends the length that some
 * containers promise to the bytes that are there, so for those a missing end shows only here.
 * False where the container says nothing: there the decoded length is compared.
 */
export function isCutOff(container: Container, file: FileEnds): boolean {
  switch (container) {
    case 'avi':
    case 'wav':
      return file.bytes < riffBytes(file.head);
    case 'asf':
      return file.bytes < asfBytes(file.head);
    case 'caf':
      return file.bytes < cafBytes(file.head);
    case 'ogg':
      return endsInsideOggPage(file.tail);
    case 'mpeg-ts':
      return endsInsideTsPacket(file);
    case 'mp4':
    case 'matroska':
    case 'flac':
    case 'flv':
    case 'aiff':
    case 'au':
    case 'mp3':
    case 'adts':
    case 'mpeg-ps':
    case 'amr':
      return false;
  }
}

/** The size in the header; recorders that cannot seek back leave 0 or all ones. RF64: EBU 3306. */
function riffBytes(head: Uint8Array): number {
  const view = viewOf(head);
  if (head.length < 28) return 0;
  const size = view.getUint32(4, true);
  if (size !== 0xffff_ffff) return size + 8;
  return indexOf(head, [0x64, 0x73, 0x36, 0x34]) === 12
    ? Number(view.getBigUint64(20, true)) + 8
    : 0;
}

/** File Properties Object (ASF specification §3.2): GUID, size, file id, file size. */
function asfBytes(head: Uint8Array): number {
  const at = indexOf(head, [0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11]);
  return at < 0 || at + 48 > head.length ? 0 : Number(viewOf(head).getBigUint64(at + 40, true));
}

/** The end of the data chunk; a size of -1 means "to the end of the file". */
function cafBytes(head: Uint8Array): number {
  const at = indexOf(head, [0x64, 0x61, 0x74, 0x61]);
  return at < 0 || at + 12 > head.length ? 0 : at + 12 + Number(viewOf(head).getBigInt64(at + 4));
}

function endsInsideOggPage(tail: Uint8Array): boolean {
  const page = lastIndexOf(tail, [0x4f, 0x67, 0x67, 0x53, 0x00]);
  const segments = tail[page + 26];
  if (page < 0 || segments === undefined) return true;
  const lacing = tail.subarray(page + 27, page + 27 + segments);
  const pageBytes = lacing.reduce((sum, bytes) => sum + bytes, 27 + segments);
  return page + pageBytes > tail.length;
}

function endsInsideTsPacket({ bytes, head }: FileEnds): boolean {
  return bytes % (head[0] === 0x47 ? 188 : 192) !== 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function indexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  return bytes.findIndex((_, at) => wanted.every((byte, index) => bytes[at + index] === byte));
}

function lastIndexOf(bytes: Uint8Array, wanted: readonly number[]): number {
  return bytes.findLastIndex((_, at) => wanted.every((byte, index) => bytes[at + index] === byte));
}
