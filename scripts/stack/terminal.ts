import type { ProgressOutput } from './progress.ts';

/** Lasting lines on `stream`; on a terminal also a passing one, cut to its width. */
export function terminalOutput(stream: NodeJS.WriteStream): ProgressOutput {
  const report = (line: string): void => void stream.write(`${line}\n`);
  if (!stream.isTTY) return { report };
  const live = (line: string): void => {
    stream.clearLine(0);
    stream.cursorTo(0);
    stream.write(line.slice(0, stream.columns - 1));
  };
  return { report, live };
}
