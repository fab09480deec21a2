import { describe, expect, test } from '@jest/globals';

import { containerOf, signatureBytes } from '#shared/core/signature';

const text = (value: string) => Uint8Array.from(Buffer.from(value, 'latin1'));
const hex = (value: string) => Uint8Array.from(Buffer.from(value.replaceAll(' ', ''), 'hex'));

/** `byte` at each position of `at`, zeros elsewhere. */
function marked(byte: number, at: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(signatureBytes);
  for (const position of at) bytes[position] = byte;
  return bytes;
}

describe('containerOf', () => {
  test.each([
    ['mp4', text('\0\0\0\x20ftypisom')],
    ['mp4', text('\0\0\0\x14ftypqt  ')],
    ['mp4', text('\0\x01\0\0moov')],
    ['mp4', text('\0\x01\0\0mdat')],
    ['mp4', text('\0\0\0\x08wide')],
    ['mp4', text('\0\0\0\x08free')],
    ['mp4', text('\0\0\0\x08skip')],
    ['matroska', hex('1a45dfa3 9f 4286 8101 4282 88 6d6174726f736b61')],
    ['matroska', hex('1a45dfa3 9f 4286 8101 4282 84 7765626d')],
    ['avi', text('RIFF\0\0\0\0AVI LIST')],
    ['wav', text('RIFF\0\0\0\0WAVEfmt ')],
    ['wav', text('RF64\xff\xff\xff\xffWAVEds64')],
    ['ogg', text('OggS\0\x02')],
    ['flac', text('fLaC\0\0\0\x22')],
    ['mp3', text('ID3\x04\0\0')],
    ['mp3', hex('fffb9064')],
    ['mp3', hex('fff364c4')],
    ['adts', hex('fff15080 0200 fc')],
    ['mpeg-ts', marked(0x47, [0, 188, 376])],
    ['mpeg-ts', marked(0x47, [4, 196, 388])],
    ['mpeg-ps', hex('000001ba44')],
    ['flv', text('FLV\x01\x05')],
    ['asf', hex('3026b2758e66cf11a6d900aa0062ce6c')],
    ['caf', text('caff\0\x01')],
    ['aiff', text('FORM\0\0\0\0AIFFCOMM')],
    ['aiff', text('FORM\0\0\0\0AIFCFVER')],
    ['amr', text('#!AMR\n')],
    ['au', text('.snd\0\0\0\x18')],
  ])('knows %s by its first bytes', (container, bytes) => {
    expect(containerOf(bytes)).toBe(container);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['a single byte', hex('ff')],
    ['an HLS playlist', text('#EXTM3U\n#EXT-X-TARGETDURATION:1\n')],
    ['a DASH manifest', text('<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema">')],
    ['an ffconcat script', text('ffconcat version 1.0\nfile /etc/passwd\n')],
    ['an SDP description', text('v=0\no=- 0 0 IN IP4 127.0.0.1\n')],
    ['a web page', text('<!doctype html><html>')],
    ['an archive', text('PK\x03\x04')],
    ['a PNG', hex('89504e470d0a1a0a')],
    ['a JPEG', hex('ffd8ffe000104a464946')],
    ['a photograph in boxes', text('\0\0\0\x18ftypheic')],
    ['a Windows program', text('MZ\x90\0')],
    ['a Linux program', text('\x7fELF\x02\x01')],
    ['plain text', text('hello there, this is not a video')],
    ['UTF-16 text', hex('fffe68006500')],
    ['a RIFF that is neither sound nor video', text('RIFF\0\0\0\0WEBPVP8 ')],
    ['an EBML file that is not Matroska', hex('1a45dfa3 9f 4282 84 78797a31')],
    ['a lone transport stream mark', marked(0x47, [0])],
    [
      'an ADTS mark without a second frame',
      new Uint8Array([...hex('fff15080 0200fc'), ...new Uint8Array(99)]),
    ],
  ])('row 46: refuses %s', (_what, bytes) => {
    expect(containerOf(bytes)).toBeUndefined();
  });
});
