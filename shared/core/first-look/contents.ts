/** A track, as the tables of its container tell. */
export interface FoundTrack {
  readonly kind: 'sound' | 'video' | 'other';
  /** By ffmpeg's name where it is known here; undefined where the tables do not tell. */
  readonly codec: string | undefined;
  readonly isEncrypted: boolean;
}

/** What a container says of itself in its first bytes. */
export interface Contents {
  /** All that it has. */
  readonly tracks: readonly FoundTrack[];
  /** Of its shortest sound; undefined where it does not say. */
  readonly seconds: number | undefined;
  /** How long the file must be by what it says; undefined where it does not. */
  readonly bytes?: number | undefined;
}

/**
 * What was read of a file's beginning: `more` as long as more bytes may tell, `unknown` where they
 * will not. Whatever is not certain is `unknown`: then the converter decides.
 */
export type Look = Contents | 'more' | 'unknown';

/** Of how many first bytes something is read; an index that is longer is left to the converter. */
export const lookBytes = 1024 * 1024;

/** Whether something that ends at `end` is worth waiting for. */
export function waitUntil(end: number): 'more' | 'unknown' {
  return end > lookBytes ? 'unknown' : 'more';
}

/** What was found, told to a person: `video (h264), no sound track`. */
export function foundIn(tracks: readonly Pick<FoundTrack, 'kind' | 'codec'>[]): string {
  const names = tracks.filter(({ kind }) => kind !== 'other').map(nameOf);
  const listed = [...new Set(names)].slice(0, mostNames);
  const hasSound = tracks.some(({ kind }) => kind === 'sound');
  return [...listed, ...(hasSound ? [] : ['no sound track'])].join(', ');
}

const mostNames = 8;

function nameOf({ kind, codec }: Pick<FoundTrack, 'kind' | 'codec'>): string {
  return codec === undefined ? kind : `${kind} (${codec})`;
}
