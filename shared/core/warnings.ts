/** What a person would want to know about an MP3 that was made as asked, each with its sentence. */
const warningSentence = {
  resampled: 'The sound has a higher sample rate than an MP3 can have: it was resampled to 48 kHz.',
  downmixed: 'The sound has more than two channels: they were mixed to stereo (ITU-R BS.775).',
  late_start: 'The sound begins later than the film: silence in front keeps the timeline.',
  short_of_end: 'The sound ends before the end that was asked for: it was taken to its own end.',
  length_unknown:
    'The file does not say how long its sound is: what was left out in silence would not show.',
  cover_dropped: 'The attached picture could not be kept in the MP3.',
  chapters_dropped: 'Not all chapters could be kept in the MP3.',
  no_loudness: 'The sound is silent or too short to have a loudness: it was left as it is.',
  loudness_missed: 'The sound has peaks that kept it from the loudness that was asked for.',
} as const;

/** Stable, like the codes of errors. */
export type WarningCode = keyof typeof warningSentence;

/** All there are. */
export const warningCodes: readonly string[] = Object.keys(warningSentence);

/** What was noticed, in a code and in a sentence. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
}

/** The warning of a code. */
export function warning(code: WarningCode): Warning {
  return { code, message: warningSentence[code] };
}
