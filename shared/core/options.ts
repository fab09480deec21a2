import type { ConversionOptions, OptionsView } from '#shared/contracts/options';
import { AppError } from '#shared/core/errors';
import type { InputProblem } from '#shared/core/errors';
import { bitratesAt } from '#shared/core/mp3';
import type { BitRate } from '#shared/core/mp3';

/** The tags of an MP3 that a person can set. */
export const tagNames = [
  ...(['title', 'artist', 'album', 'albumArtist', 'genre'] as const),
  ...(['date', 'comment', 'trackNumber'] as const),
] as const satisfies readonly (keyof ConversionOptions)[];
export type TagName = (typeof tagNames)[number];

/** Characters that a tag of an MP3 has room for. */
const longestTag = 500;

/** In Hz, lowest first (ISO 11172-3, 13818-3 and Fraunhofer's extension). */
const sampleRates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/** MPEG-1: what an MP3 gets where nobody asks for a sample rate. */
const leastUnasked = 32_000;

/** LAME's limit for MPEG-2.5, which lies below 16 kHz. */
const mostBelow16kHz = 64;

const usualBitrate = 192;

/** The rate that is asked for; else 192 kb/s, or the most there is at a low sample rate. */
export function rateOf({ bitrate, quality, sampleRate }: ConversionOptions): BitRate {
  if (quality !== undefined) return { quality };
  if (bitrate !== undefined) return { kbps: bitrate };
  const rates = encodableAt(sampleRate ?? leastUnasked);
  return { kbps: Math.max(...rates.filter((kbps) => kbps <= usualBitrate)) };
}

/** The options with their defaults, as a job shows them. The same wishes give an equal view. */
export function optionsView(options: ConversionOptions): OptionsView {
  const rate = rateOf(options);
  return {
    bitrate: 'kbps' in rate ? rate.kbps : null,
    quality: 'quality' in rate ? rate.quality : null,
    sampleRate: options.sampleRate ?? null,
    channels: options.channels ?? null,
    start: options.start ?? null,
    end: options.end ?? null,
    loudness: options.loudness ?? null,
    track: options.track ?? null,
    title: options.title ?? null,
    artist: options.artist ?? null,
    album: options.album ?? null,
    albumArtist: options.albumArtist ?? null,
    genre: options.genre ?? null,
    date: options.date ?? null,
    comment: options.comment ?? null,
    trackNumber: options.trackNumber ?? null,
    cover: options.cover ?? true,
    chapters: options.chapters ?? true,
    allowPartial: options.allowPartial ?? false,
  };
}

/**
 * The options as they were applied to an MP3: what its order left open is filled in with what was
 * decided (`track` as a number). Where the source's own frames were kept no bit rate was applied.
 */
export function appliedOptions(
  options: ConversionOptions,
  decided: { readonly sampleRate: number; readonly channels: number; readonly track: number },
  isCopied: boolean,
): OptionsView {
  const { sampleRate, channels, track } = decided;
  const rate = isCopied ? { bitrate: null, quality: null } : {};
  return { ...optionsView(options), sampleRate, channels, track, ...rate };
}

/** Rejects with `impossible_options`, which names every reason, what no MP3 can be made with. */
export function assertPossible(options: ConversionOptions): void {
  const problems = whyImpossible(options);
  if (problems.length === 0) return;
  const reasons = problems.map(({ message }) => message).join(' ');
  throw new AppError('impossible_options', reasons, { problems });
}

function whyImpossible(options: ConversionOptions): readonly InputProblem[] {
  const reasons = {
    quality: whyNoQuality(options),
    sampleRate: whyNoSampleRate(options),
    bitrate: whyNoBitrate(options),
    end: whyNoEnd(options),
    ...Object.fromEntries(tagNames.map((name) => [name, whyNoTag(name, options)])),
  };
  return Object.entries(reasons).flatMap(([path, message]) =>
    message === undefined ? [] : [{ path, message }],
  );
}

function whyNoQuality({ bitrate, quality }: ConversionOptions): string | undefined {
  return bitrate !== undefined && quality !== undefined
    ? 'Ask for a bit rate or for a quality, not for both.'
    : undefined;
}

function whyNoSampleRate({ sampleRate }: ConversionOptions): string | undefined {
  if (sampleRate === undefined || sampleRates.includes(sampleRate)) return undefined;
  const below = sampleRates.findLast((rate) => rate < sampleRate);
  const above = sampleRates.find((rate) => rate > sampleRate);
  const near = [below, above].filter((rate) => rate !== undefined).join(' and ');
  return `An MP3 has no sample rate of ${sampleRate} Hz. Near it: ${near} Hz.`;
}

function whyNoBitrate({ bitrate, sampleRate }: ConversionOptions): string | undefined {
  if (bitrate === undefined) return undefined;
  if (sampleRate !== undefined && !sampleRates.includes(sampleRate)) return undefined;
  const rates = encodableAt(sampleRate ?? leastUnasked);
  if (rates.includes(bitrate)) return undefined;
  return sampleRate === undefined
    ? `A bit rate of ${bitrate} kb/s exists only below ${leastUnasked} Hz: ask for a sample rate too.`
    : `At ${sampleRate} Hz an MP3 has a bit rate of ${rates.join(', ')} kb/s.`;
}

function whyNoEnd({ start = 0, end }: ConversionOptions): string | undefined {
  if (end === undefined || end > start) return undefined;
  return `The end, at ${end} s, is not behind the start, at ${start} s.`;
}

function whyNoTag(name: TagName, options: ConversionOptions): string | undefined {
  const length = Array.from(options[name] ?? '').length;
  return length > longestTag
    ? `This has ${length} characters; a tag has at most ${longestTag}.`
    : undefined;
}

function encodableAt(sampleRate: number): readonly number[] {
  const rates = bitratesAt(sampleRate);
  return sampleRate < 16_000 ? rates.filter((kbps) => kbps <= mostBelow16kHz) : rates;
}
