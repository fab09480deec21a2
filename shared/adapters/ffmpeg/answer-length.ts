/**
 * How much one answer gives to ffmpeg, which asks for all from some byte on and hangs up when it
 * wants to go on elsewhere. By then the kernel has taken 4 MiB from us for its buffers, and in a
 * phone's film ffmpeg jumps over the picture every half second: it would have the file read four
 * times over. So an answer behind a jump is short, and whoever comes back for what follows gets
 * twice as much each time.
 */

/** The least an answer gives: what sound there is between two pieces of picture. */
const leastBytes = 16 * 1024;
/** Answers end where blocks of this length do: the chunks that our store reads anyway. */
const blockBytes = 255 * 1024;
/** Readers of one file at once whose place is remembered. */
const mostReaders = 16;

/** Gives the end of the answer that begins at a byte; remembers who went on where. */
export function createAnswerLength(fileBytes: number): (start: number) => number {
  const lengths = new Map<number, number>();
  return (start) => {
    const before = lengths.get(start);
    const least = before === undefined ? leastBytes : 2 * before;
    const end = Math.min(Math.ceil((start + least) / blockBytes) * blockBytes, fileBytes);
    lengths.delete(start);
    lengths.set(end, Math.max(least, end - start));
    const [oldest] = lengths.keys();
    if (lengths.size > mostReaders && oldest !== undefined) lengths.delete(oldest);
    return end;
  };
}
