import * as v from 'valibot';

/** Bit rates in kb/s that layer III knows (ISO 11172-3, 13818-3); not each at every sample rate. */
const bitrates = [
  ...[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 192, 224, 256, 320],
];
const bitrateForm = `The bit rate is one of ${bitrates.join(', ')} (kb/s).`;

const text = (pattern: RegExp, message: string) => v.pipe(v.string(), v.regex(pattern, message));

const number = (least: number, most: number, message: string) =>
  v.pipe(
    v.union(
      [v.number(), v.pipe(text(/^-?\d{1,9}(\.\d{1,9})?$/, message), v.transform(Number))],
      message,
    ),
    v.minValue(least, message),
    v.maxValue(most, message),
  );

const whole = (least: number, most: number, message: string) =>
  v.pipe(number(least, most, message), v.integer(message));

const yesOrNo = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
  ],
  'This is true or false.',
);

const clockForm = 'A time is in seconds or h:mm:ss, with a fraction if need be, below 100 hours.';

/** Seconds, also as `90.5`, `1:30.5` or `0:01:30.500`. */
const seconds = v.pipe(
  v.union(
    [
      v.number(),
      v.pipe(
        text(/^(\d{1,6}|(\d{1,2}:)?[0-5]?\d:[0-5]\d)(\.\d{1,9})?$/, clockForm),
        v.transform((clock) => clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)),
      ),
    ],
    clockForm,
  ),
  v.minValue(0, clockForm),
  v.maxValue(359_999.999_999_999, clockForm),
);

const trackForm = 'A track is a number from 1, or a language such as de, deu or ger.';

const track = v.union(
  [
    v.pipe(v.number(), v.integer(trackForm), v.minValue(1, trackForm), v.maxValue(999, trackForm)),
    v.pipe(text(/^[1-9]\d{0,2}$/, trackForm), v.transform(Number)),
    text(/^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i, trackForm),
  ],
  trackForm,
);

const lineForm = 'This is one line of text.';

/** PostgreSQL's jsonb takes neither NUL nor half a surrogate pair. */
const line = v.pipe(
  v.string(lineForm),
  v.check((words) => words.isWellFormed() && !/\p{Cc}/u.test(words), lineForm),
);

/**
 * What a person can ask of a conversion. Comes as text (form fields, query values) or as JSON;
 * unknown names are refused. What is absent is as it says here; shared/core/options.ts knows the
 * defaults, and which options exclude each other.
 */
export const ConversionOptions = v.strictObject({
  /**
   * Constant bit rate in kb/s. Absent, and without `quality`: 192, or what is the most at a low
   * sample rate.
   */
  bitrate: v.optional(
    v.pipe(
      whole(8, 320, bitrateForm),
      v.check((kbps) => bitrates.includes(kbps), bitrateForm),
    ),
  ),
  /** Variable bit rate instead: 0 is best and largest, 9 least (LAME's -V). */
  quality: v.optional(whole(0, 9, 'The quality is a whole number from 0 (best) to 9.')),
  /** In Hz. Absent: as the sound has it, where MPEG-1 does. */
  sampleRate: v.optional(whole(1, 999_999, 'The sample rate is a whole number of Hz.')),
  /** 1 or 2. Absent: mono stays mono, everything else becomes stereo. */
  channels: v.optional(
    v.pipe(
      whole(1, 2, 'The channels are 1 or 2.'),
      v.transform((count) => (count === 1 ? 1 : 2)),
    ),
  ),
  /** Where to begin and to end on the film's timeline. Absent: the whole of it. */
  start: v.optional(seconds),
  end: v.optional(seconds),
  /** Integrated loudness in LUFS (EBU R128). Absent: as loud as the sound is. */
  loudness: v.optional(number(-70, -5, 'The loudness is a number from -70 to -5 (LUFS).')),
  /** Number among the sound tracks, or a language (ISO 639). Absent: the container's default. */
  track: v.optional(track),
  /** Instead of the file's own; an empty text leaves the tag out. */
  title: v.optional(line),
  artist: v.optional(line),
  album: v.optional(line),
  albumArtist: v.optional(line),
  genre: v.optional(line),
  /** A year, a day or a moment (ISO 8601). */
  date: v.optional(
    text(/^(\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?)?$/, 'A date is a year, or 2026-11-21.'),
  ),
  comment: v.optional(line),
  /** `3`, or `3/12`. */
  trackNumber: v.optional(text(/^(\d{1,4}(\/\d{1,4})?)?$/, 'A track number is 3, or 3/12.')),
  /** Whether an attached picture is kept. Absent: true. */
  cover: v.optional(yesOrNo),
  /** Whether chapters are kept. Absent: true. */
  chapters: v.optional(yesOrNo),
  /**
   * Whether a damaged or cut source becomes an MP3 of what there is, marked as `degraded`, instead
   * of failing. Absent: false.
   */
  allowPartial: v.optional(yesOrNo),
});
export type ConversionOptions = v.InferOutput<typeof ConversionOptions>;

/** The options of a job with their defaults; null where the source decides. Times in seconds. */
export const OptionsView = v.object({
  /** Null exactly when `quality` is not. */
  bitrate: v.nullable(v.number()),
  quality: v.nullable(v.number()),
  sampleRate: v.nullable(v.number()),
  channels: v.nullable(v.number()),
  start: v.nullable(v.number()),
  end: v.nullable(v.number()),
  loudness: v.nullable(v.number()),
  track: v.nullable(v.union([v.number(), v.string()])),
  title: v.nullable(v.string()),
  artist: v.nullable(v.string()),
  album: v.nullable(v.string()),
  albumArtist: v.nullable(v.string()),
  genre: v.nullable(v.string()),
  date: v.nullable(v.string()),
  comment: v.nullable(v.string()),
  trackNumber: v.nullable(v.string()),
  cover: v.boolean(),
  chapters: v.boolean(),
  allowPartial: v.boolean(),
});
export type OptionsView = v.InferOutput<typeof OptionsView>;
