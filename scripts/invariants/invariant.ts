import type { Accepted, Census } from './census.ts';

/** What a run is judged by. */
export interface Judged {
  readonly census: Census;
  readonly accepted: readonly Accepted[];
  /** Mails that may be there twice: a sender was killed between the server's 250 and our note. */
  readonly copiesAllowed: 1 | 2;
}

/** Something that is never allowed, and was found. */
export interface Violation {
  readonly invariant:
    'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I12' | 'I13';
  /** The job, file, process, function or log it is about. */
  readonly about: string;
  readonly what: string;
}

/** A promise of reliability.md §2: what breaks it, in words. */
export type Invariant = (judged: Judged) => readonly Violation[];

/** The one violation, as an {@link Invariant} gives it. */
export function violation(
  invariant: Violation['invariant'],
  about: string,
  what: string,
): Violation[] {
  return [{ invariant, about, what }];
}
