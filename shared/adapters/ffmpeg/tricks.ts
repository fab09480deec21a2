/** What a trick leads to: a sound that must not be heard, as a file and behind an address. */
export interface Bait {
  /** Absolute, without spaces. */
  readonly file: string;
  readonly url: string;
  readonly bytes: Uint8Array;
}

/** A script that some demuxer obeys by opening what it names (security.md §1). */
export interface Trick {
  readonly name: string;
  /** Where to: what only asks an address shows without any sound. */
  readonly leadsTo: 'address' | 'file' | 'itself';
  readonly script: (bait: Bait) => string;
}

/**
 * Scripts that made one ffmpeg or another read foreign files, ask foreign addresses, or listen. A
 * relative name leads to the place that the script itself was served from.
 */
export const tricks: readonly Trick[] = [
  trick('HLS to a file', 'file', ({ file }) => playlist(`file://${file}`)),
  trick('HLS to an address', 'address', ({ url }) => playlist(url)),
  trick('HLS to its own place', 'address', () => playlist('secret.mp3')),
  trick('HLS with a key elsewhere', 'address', ({ url }) => playlist(url, url)),
  trick('HLS by concat:', 'file', ({ file }) => playlist(`concat:${file}`)),
  trick('HLS by subfile:', 'file', ({ file }) => playlist(`subfile,,start,0,end,9,,:${file}`)),
  trick('HLS with data: inside', 'itself', ({ bytes }) => playlist(dataUrl(bytes))),
  trick('ffconcat in its own place', 'address', () => concatenation('secret.mp3')),
  trick('ffconcat to an absolute path', 'file', ({ file }) => concatenation(file)),
  trick('ffconcat to a folder above', 'file', () => concatenation('../secret.mp3')),
  trick('ffconcat of a glob', 'file', ({ file }) => concatenation(file.replace(/\w+\./, '*.'))),
  trick('DASH to an address', 'address', ({ url }) => manifest(url)),
  trick('DASH to a file', 'file', ({ file }) => manifest(`file://${file}`)),
  trick('SDP that listens', 'itself', () => session.join('\n')),
];

function trick(name: string, leadsTo: Trick['leadsTo'], script: Trick['script']): Trick {
  return { name, leadsTo, script };
}

/** The script behind an empty ID3 tag: to the signature check an MP3, to ffmpeg still a script. */
export function disguised(script: string): Uint8Array {
  return Buffer.concat([Buffer.from('49443304000000000000', 'hex'), Buffer.from(script)]);
}

/** RFC 8216. */
function playlist(uri: string, keyUri?: string): string {
  const key = keyUri === undefined ? [] : [`#EXT-X-KEY:METHOD=AES-128,URI="${keyUri}"`];
  return [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:2',
    ...key,
    '#EXTINF:2,',
    uri,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}

function dataUrl(bytes: Uint8Array): string {
  return `data:audio/mpeg;base64,${Buffer.from(bytes).toString('base64')}`;
}

function concatenation(path: string): string {
  return `ffconcat version 1.0\nfile '${path}'\n`;
}

/** ISO/IEC 23009-1. */
function manifest(url: string): string {
  return [
    '<?xml version="1.0"?>',
    '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"',
    ' profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period duration="PT2S">',
    '<AdaptationSet mimeType="audio/mp4" contentType="audio">',
    `<Representation id="1" bandwidth="1000"><BaseURL>${url}</BaseURL></Representation>`,
    '</AdaptationSet></Period></MPD>\n',
  ].join('\n');
}

/** RFC 8866. */
const session = [
  ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=x', 'c=IN IP4 127.0.0.1', 't=0 0'],
  ...['m=audio 5004 RTP/AVP 0', ''],
];
