/** How long things are kept, in seconds. */
export interface Retention {
  /** The video after its job is done. */
  readonly sourceSeconds: number;
  /** The MP3 of a done job; the video of a failed or cancelled one, which can be retried. */
  readonly resultSeconds: number;
  /** The row after its job ended, and mails; at least `resultSeconds`. */
  readonly rowSeconds: number;
}

const DAY = 86_400;

/** What people are told. */
export const defaultRetention: Retention = {
  sourceSeconds: DAY,
  resultSeconds: 7 * DAY,
  rowSeconds: 30 * DAY,
};
