import * as v from 'valibot';

import { AppError } from '#shared/core/errors';
import type { PromisedLength } from '#shared/core/media';
import type { Probe } from '#shared/core/ports';

const seconds = v.pipe(v.string(), v.transform(Number), v.number(), v.finite());
const tags = v.optional(v.record(v.string(), v.string()), {});

const AudioStream = v.object({
  index: v.number(),
  codec_name: v.optional(v.string(), 'unknown'),
  sample_rate: v.optional(v.pipe(v.string(), v.transform(Number)), '0'),
  channels: v.optional(v.number(), 0),
  start_time: v.optional(v.fallback(seconds, 0), '0'),
  duration: v.optional(seconds),
  disposition: v.optional(v.record(v.string(), v.number()), {}),
  tags,
});
type AudioStream = v.InferOutput<typeof AudioStream>;

const Output = v.object({
  streams: v.optional(v.array(AudioStream), []),
  format: v.object({
    format_name: v.string(),
    start_time: v.optional(v.fallback(seconds, 0), '0'),
    duration: v.optional(seconds),
    tags,
  }),
});
type Output = v.InferOutput<typeof Output>;

/** What is asked of ffprobe; {@link parseProbe} reads its answer. */
export const probeOptions: readonly string[] = [
  ...['-select_streams', 'a', '-of', 'json', '-show_entries'],
  [
    'format=format_name,start_time,duration:format_tags=title,artist,album',
    'stream=index,codec_name,sample_rate,channels,start_time,duration',
    'stream_disposition=default:stream_tags',
  ].join(':'),
];

/**
 * The sound track to convert: the first that the container flags as default, else the first.
 * `isEstimate` says that ffprobe guessed the length, which then promises nothing. Rejects with
 * `no_audio`, or `not_media` for a track that cannot be read here.
 */
export function parseProbe(json: string, isEstimate: boolean): Probe {
  const output = v.safeParse(Output, parseJson(json));
  if (!output.success) throw new AppError('not_media');
  const { streams, format } = output.output;
  const track = streams.find((stream) => stream.disposition['default'] === 1) ?? streams[0];
  if (!track) throw new AppError('no_audio');
  if (track.sample_rate <= 0 || track.channels <= 0) {
    throw new AppError(
      'not_media',
      'The sound in this file is of a kind that cannot be read here.',
    );
  }
  return {
    formatName: format.format_name,
    promised: isEstimate ? { seconds: null, by: 'container' } : promisedLength(track, format),
    audio: {
      index: track.index,
      codec: track.codec_name,
      sampleRate: track.sample_rate,
      channels: track.channels,
    },
    tags: {
      title: tag(format, 'title'),
      artist: tag(format, 'artist'),
      album: tag(format, 'album'),
    },
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

function promisedLength(track: AudioStream, format: Output['format']): PromisedLength {
  if (track.duration !== undefined) {
    const by = withoutTables.includes(format.format_name) ? 'container' : 'track';
    return { seconds: track.duration, by };
  }
  const late = Math.max(0, track.start_time - format.start_time);
  const tagged = parseClock(tag(track, 'duration'));
  if (tagged !== undefined) return { seconds: tagged - late, by: 'track' };
  return {
    seconds: format.duration === undefined ? null : format.duration - late,
    by: 'container',
  };
}

/** Matroska's statistics: `00:01:02.345000000`, the end of the track. */
function parseClock(text: string | undefined): number | undefined {
  const match = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text ?? '');
  if (!match) return undefined;
  const [, hours, minutes, rest] = match.map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (rest ?? 0);
}

/** Tag names come in both cases. */
function tag(holder: Pick<AudioStream, 'tags'>, name: string): string | undefined {
  return Object.entries(holder.tags).find(([key]) => key.toLowerCase() === name)?.[1];
}
