import * as v from 'valibot';

import { AppError } from '#shared/core/errors';
import type { FoundTrack } from '#shared/core/first-look/contents';
import { assertAudible } from '#shared/core/first-look/first-look';
import type { AudioTrack, PromisedLength } from '#shared/core/media';
import type { Probe } from '#shared/core/ports';

const seconds = v.pipe(v.string(), v.transform(Number), v.number(), v.finite());
const tags = v.optional(v.record(v.string(), v.string()), {});

const Stream = v.object({
  index: v.number(),
  codec_type: v.optional(v.string()),
  codec_name: v.optional(v.string(), 'unknown'),
  codec_tag_string: v.optional(v.string()),
  sample_rate: v.optional(v.pipe(v.string(), v.transform(Number)), '0'),
  channels: v.optional(v.number(), 0),
  start_time: v.optional(v.fallback(seconds, 0), '0'),
  duration: v.optional(seconds),
  disposition: v.optional(v.record(v.string(), v.number()), {}),
  tags,
});
type Stream = v.InferOutput<typeof Stream>;

const Output = v.object({
  packets: v.optional(v.array(v.object({ pts_time: v.optional(seconds) })), []),
  streams: v.optional(v.array(Stream), []),
  chapters: v.optional(v.array(v.object({ start_time: seconds, end_time: seconds, tags })), []),
  format: v.object({
    format_name: v.string(),
    start_time: v.optional(v.fallback(seconds, 0), '0'),
    duration: v.optional(seconds),
    tags,
  }),
});
type Output = v.InferOutput<typeof Output>;
type Format = Output['format'];
type Tagged = Pick<Stream, 'tags'>;

/** What is asked of ffprobe; {@link parseProbe} reads its answer. */
export const probeOptions: readonly string[] = [
  ...['-of', 'json', '-read_intervals', '%+#8', '-show_entries'],
  [
    'packet=pts_time',
    'format=format_name,start_time,duration:format_tags',
    'stream=index,codec_type,codec_name,codec_tag_string,sample_rate,channels,start_time,duration',
    'stream_disposition=default,attached_pic:stream_tags',
    'chapter=start_time,end_time:chapter_tags=title',
  ].join(':'),
];

/**
 * What a container tells of itself. `isEstimate` says that ffprobe guessed the length, which then
 * promises nothing. Rejects with `no_audio`, `encrypted`, or `not_media` where it gave no answer.
 */
export function parseProbe(json: string, isEstimate: boolean): Probe {
  const output = v.safeParse(Output, parseJson(json));
  if (!output.success) throw new AppError('not_media');
  const { streams, chapters } = output.output;
  const format = { ...output.output.format, start_time: timelineStart(output.output) };
  const tracks = streams.filter((stream) => stream.codec_type === 'audio');
  assertAudible(streams.map(foundTrack));
  const cover = streams.find(({ disposition }) => disposition['attached_pic'] === 1);
  return {
    formatName: format.format_name,
    tracks: tracks.map((track) => toTrack(track, format, isEstimate)),
    cover: cover && { index: cover.index },
    chapters: chapters.map((chapter) => ({
      startSeconds: chapter.start_time - format.start_time,
      endSeconds: chapter.end_time - format.start_time,
      title: tag(chapter, 'title') ?? '',
    })),
    tags: tagsOf(format.format_name === 'ogg' ? [format, ...tracks] : [format]),
  };
}

/** How MP4 marks sound that only a key makes audible (ISO 23001-7), and FairPlay does. */
const encryptedTags = ['enca', 'drms'];

function foundTrack({ codec_type, codec_name, codec_tag_string = '', ...of }: Stream): FoundTrack {
  const isPicture = of.disposition['attached_pic'] === 1;
  const kind = codec_type === 'audio' ? 'sound' : codec_type;
  return {
    kind: kind === 'sound' || (kind === 'video' && !isPicture) ? kind : 'other',
    codec: codec_name === 'unknown' ? undefined : codec_name,
    isEncrypted: encryptedTags.includes(codec_tag_string),
  };
}

/** Ogg keeps them with its tracks; for others those are the names of the tracks alone. */
function tagsOf(holders: readonly Tagged[]): Probe['tags'] {
  const find = (...names: readonly string[]) =>
    names.flatMap((name) => holders.map((holder) => tag(holder, name))).find(Boolean);
  return {
    title: find('title'),
    artist: find('artist'),
    album: find('album'),
    albumArtist: find('album_artist', 'albumartist'),
    genre: find('genre'),
    date: find('date', 'year'),
    comment: find('comment'),
    trackNumber: find('track', 'tracknumber'),
  };
}

/**
 * What ffprobe says, but for Matroska, whose H.264 pictures it has no start of without decoding
 * them: there the first packets tell.
 */
function timelineStart({ format, packets }: Output): number {
  const starts = isMatroska(format) ? packets.map(({ pts_time = Infinity }) => pts_time) : [];
  return Math.min(format.start_time, ...starts);
}

function isMatroska({ format_name: name }: Pick<Format, 'format_name'>): boolean {
  return name.startsWith('matroska');
}

function toTrack(stream: Stream, format: Format, isEstimate: boolean): AudioTrack {
  return {
    index: stream.index,
    codec: stream.codec_name,
    sampleRate: stream.sample_rate,
    channels: stream.channels,
    language: tag(stream, 'language'),
    title: tag(stream, 'title'),
    isDefault: stream.disposition['default'] === 1,
    startsAfterSeconds: lateness(stream, format),
    promised: isEstimate ? { seconds: null, by: 'container' } : promisedLength(stream, format),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** MPEG streams have no table of contents: ffprobe takes their length from the last time stamps. */
const withoutTables = ['mpegts', 'mpeg'];

function promisedLength(track: Stream, format: Format): PromisedLength {
  if (track.duration !== undefined) {
    const by = withoutTables.includes(format.format_name) ? 'container' : 'track';
    return { seconds: track.duration, by };
  }
  const tagged = parseClock(tag(track, 'duration'));
  if (tagged !== undefined) return { seconds: tagged - beforeTagged(track), by: 'track' };
  const seconds = format.duration && format.duration - beforeWhole(track, format);
  return { seconds: seconds ?? null, by: 'container' };
}

/** Matroska's tag: by mkvmerge's statistics how long a track is, by others when it ends. */
function beforeTagged(track: Stream): number {
  const isLength = tag(track, '_statistics_tags') !== undefined;
  return isLength ? 0 : Math.max(0, track.start_time);
}

/** How much of the container's length lies in front of a track. */
function beforeWhole(track: Stream, format: Format): number {
  // There ffmpeg writes when the last track ends, wherever the first begins.
  const isEnd = isMatroska(format) && tag(format, 'encoder')?.startsWith('Lavf') === true;
  return isEnd ? Math.max(0, track.start_time) : lateness(track, format);
}

/** What libopus puts in front: a decoder drops it, the time stamp of the first packet counts it. */
const opusPreSkipSeconds = 312 / 48_000;

function lateness(track: Stream, format: Format): number {
  const seconds = Math.max(0, track.start_time - format.start_time);
  return seconds > 0 && track.codec_name === 'opus' ? seconds + opusPreSkipSeconds : seconds;
}

/** `00:01:02.345000000` */
function parseClock(text: string | undefined): number | undefined {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  if (!match) return undefined;
  const [, hours, minutes, rest] = match.map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (rest ?? 0);
}

/** Tag names come in both cases. */
function tag(holder: Tagged, name: string): string | undefined {
  return Object.entries(holder.tags).find(([key]) => key.toLowerCase() === name)?.[1];
}
