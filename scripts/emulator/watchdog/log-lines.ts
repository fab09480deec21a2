import type { Readable } from 'node:stream';

export interface LineLimits {
  /** Bytes; -1 = unlimited. */
  readonly maxBytes: number;
  readonly onLine: (line: string) => void;
}

/**
 * Calls back once per line. A line over the limit ends the reading of this stream for good: the
 * pipe fills up and the process that writes it blocks, as with of-watchdog.
 */
export function readLines(stream: Readable, { maxBytes, onLine }: LineLimits): void {
  let rest = '';
  const take = (chunk: string): void => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
    if (maxBytes >= 0 && Buffer.byteLength(rest) > maxBytes) {
      stream.off('data', take).pause();
      onLine(
        `a line is longer than log_buffer_size (${maxBytes} bytes): this stream is not read on`,
      );
    }
  };
  stream.setEncoding('utf8').on('data', take);
  stream.once('end', () => {
    if (rest !== '') onLine(rest);
  });
}
