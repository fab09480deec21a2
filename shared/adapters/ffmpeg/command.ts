/** fluent-ffmpeg is to keep nothing of what ffmpeg says: it is heard in running.ts. */
export const stderrLines = 1;
/** What every ffmpeg of ours is started with. */
export const quiet: readonly string[] = [
  '-nostdin',
  '-hide_banner',
  '-v',
  'error',
  '-threads',
  '1',
];
