import type { Container } from '#shared/core/signature';

/** What ffmpeg may open. Everything else (playlists, devices, pictures) is refused by ffmpeg. */

/** ffmpeg's demuxer for each container that the signature check lets through. */
const demuxers = {
  mp4: 'mov',
  matroska: 'matroska',
  avi: 'avi',
  wav: 'wav',
  ogg: 'ogg',
  flac: 'flac',
  mp3: 'mp3',
  adts: 'aac',
  'mpeg-ts': 'mpegts',
  'mpeg-ps': 'mpeg',
  flv: 'flv',
  asf: 'asf',
  caf: 'caf',
  aiff: 'aiff',
  amr: 'amr',
  au: 'au',
} as const satisfies Record<Container, string>;

/** Decoders of sound only: no picture decoder is ever opened (security.md §1). */
const decoders = [
  ...['aac', 'aac_fixed', 'aac_latm', 'mp3float', 'mp3', 'mp2float', 'mp2', 'mp1float', 'mp1'],
  ...['ac3', 'eac3', 'dca', 'truehd', 'mlp', 'opus', 'libopus', 'vorbis', 'libvorbis'],
  ...['flac', 'alac', 'wmav1', 'wmav2', 'wmapro', 'wmalossless', 'wmavoice'],
  ...['amrnb', 'amrwb', 'libopencore_amrnb', 'libopencore_amrwb', 'speex', 'libspeex'],
  ...['gsm', 'gsm_ms', 'g723_1', 'nellymoser', 'qdm2', 'qdmc', 'mace3', 'mace6'],
  ...['adpcm_ms', 'adpcm_ima_wav', 'adpcm_ima_qt', 'adpcm_swf', 'adpcm_yamaha'],
  ...['pcm_u8', 'pcm_s8', 'pcm_s8_planar', 'pcm_alaw', 'pcm_mulaw', 'pcm_dvd', 'pcm_bluray'],
  ...['pcm_s16le', 'pcm_s16be', 'pcm_s16le_planar', 'pcm_s16be_planar', 'pcm_u16le', 'pcm_u16be'],
  ...['pcm_s24le', 'pcm_s24be', 'pcm_s32le', 'pcm_s32be'],
  ...['pcm_f32le', 'pcm_f32be', 'pcm_f64le', 'pcm_f64be'],
];

/**
 * Input options for a source that is read by HTTP from loopback; also understood by ffprobe. The
 * one demuxer of its container is forced and, for what that one opens in turn, the only one
 * allowed: what a file says of itself chooses nothing.
 */
export function sourceOptionsFor(container: Container): readonly string[] {
  return ['-f', demuxers[container], ...listsFor(container), ...comeBack];
}

/**
 * Our server's answers end early; who comes back for the rest and gets nothing gives up at once.
 */
const comeBack: readonly string[] = ['-reconnect', '1', '-reconnect_delay_max', '0'];

/** {@link sourceOptionsFor} without the force: what holds should a demuxer be chosen after all. */
export function listsFor(container: Container): readonly string[] {
  return [
    ...['-protocol_whitelist', 'http,tcp'],
    ...['-format_whitelist', demuxers[container]],
    ...['-codec_whitelist', decoders.join(',')],
    ...['-max_streams', '100'],
  ];
}

/**
 * ffprobe sets up, without feeding it, a decoder for every stream and gives up where it may not;
 * so these are named to it in addition. What it does decode, to find out about a stream, stays
 * under the list of {@link sourceOptionsFor}.
 */
const pictureDecoders = [
  ...['h264', 'hevc', 'av1', 'libdav1d', 'libaom-av1', 'vp8', 'vp9', 'libvpx-vp9', 'vp6', 'vp6f'],
  ...['mpeg1video', 'mpeg2video', 'mpegvideo', 'mpeg4', 'msmpeg4', 'msmpeg4v1', 'msmpeg4v2'],
  ...['h261', 'h263', 'h263i', 'h263p', 'flv', 'wmv1', 'wmv2', 'wmv3', 'vc1', 'theora', 'dirac'],
  ...['mjpeg', 'mjpegb', 'png', 'bmp', 'gif', 'webp', 'tiff', 'rawvideo', 'dvvideo', 'ffv1'],
  ...['prores', 'dnxhd', 'cfhd', 'huffyuv', 'ffvhuff', 'utvideo', 'qtrle', 'rpza', 'smc', '8bps'],
  ...['svq1', 'svq3', 'cinepak', 'indeo2', 'indeo3', 'indeo4', 'indeo5', 'msvideo1', 'msrle'],
  ...['flashsv', 'flashsv2', 'tscc', 'tscc2', 'fraps', 'lagarith', 'zmbv', 'camstudio', 'vvc'],
  ...['jpeg2000', 'libopenjpeg', 'hap', 'r210', 'v210', 'v410', 'mss1', 'mss2', 'wmv3image'],
];
const textDecoders = [
  ...['ass', 'ssa', 'subrip', 'srt', 'mov_text', 'webvtt', 'text', 'dvdsub', 'dvbsub', 'pgssub'],
  ...['xsub', 'cc_dec', 'libzvbi_teletextdec', 'libaribb24', 'libaribcaption'],
];

/** {@link sourceOptionsFor} as ffprobe needs them. */
export function probedSourceOptionsFor(container: Container): readonly string[] {
  return ['-f', demuxers[container], ...probedListsFor(container), ...comeBack];
}

/** {@link listsFor} as ffprobe needs them. */
export function probedListsFor(container: Container): readonly string[] {
  return [
    ...listsFor(container),
    ...['-codec_whitelist:v', pictureDecoders.join(',')],
    ...['-codec_whitelist:s', textDecoders.join(',')],
  ];
}

/** Input options for our own samples on stdin. */
export const pcmOptions: readonly string[] = [
  ...['-protocol_whitelist', 'pipe'],
  ...['-format_whitelist', 'f32le'],
  ...['-codec_whitelist', 'pcm_f32le'],
];
