import type { Readable } from 'node:stream';

export interface LineLimits {
  /** Bytes a line may have, its end included; under 0 = unlimited. */
  readonly maxBytes: number;
  readonly onLine: (line: string) => void;
  /** Called once, when a line was over the limit. */
  readonly onTooLong: () => void;
}

/**
 * Calls back once per line, with two quirks of of-watchdog: a line over the limit ends the reading
 * of this stream for good, so that the pipe fills up and the process that writes it blocks; and
 * without a limit a last line that has no end is lost.
 */
export function readLines(stream: Readable, { maxBytes, onLine, onTooLong }: LineLimits): void {
  const isTooLong = (line: string): boolean => maxBytes >= 0 && Buffer.byteLength(line) >= maxBytes;
  let rest = '';
  const take = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    const tooLong = lines.findIndex(isTooLong);
    rest = lines.pop() ?? '';
    lines.slice(0, tooLong < 0 ? undefined : tooLong).forEach(onLine);
    if (tooLong < 0) return;
    rest = '';
    stream.off('data', take).pause();
    onTooLong();
  };
  stream.setEncoding('utf8').on('data', take);
  stream.once('end', () => {
    if (rest !== '' && maxBytes >= 0) onLine(rest);
  });
}
