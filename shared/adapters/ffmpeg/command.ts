/** Only the last lines are kept; what ffmpeg says is heard line by line (1 KiB at most each). */
export const stderrLines = 64;
/** What every ffmpeg of ours is started with. */
export const quiet: readonly string[] = [
  '-nostdin',
  '-hide_banner',
  '-v',
  'error',
  '-threads',
  '1',
];
