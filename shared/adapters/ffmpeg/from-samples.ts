import { Readable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import type { SampleRequest } from '#shared/core/ports';
import { pcmOptions } from './allowed.ts';
import { quiet, stderrLines } from './command.ts';
import { runFfmpeg } from './running.ts';

/**
 * Runs ffmpeg on samples of our own and gives what it writes. Rejects with `internal` where it
 * fails, with what the samples failed with where they did. `onLine` hears
 * what ffmpeg says.
 */
export async function* fromSamples(
  { sampleRate, channels, signal }: SampleRequest,
  pcm: AsyncIterable<Uint8Array>,
  outputOptions: readonly string[],
  onLine?: (line: string) => void,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const source = Readable.from(pcm, { objectMode: false });
  const shape = ['-ar', String(sampleRate), '-ac', String(channels)];
  const command = ffmpeg(source, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...pcmOptions, ...shape, '-f', 'f32le'])
    .outputOptions([...outputOptions]);
  const running = runFfmpeg(
    command,
    AbortSignal.any([signal, stop.signal]),
    () => new AppError('internal'),
    onLine,
  );
  try {
    yield* running.output;
    await running.finished;
  } finally {
    stop.abort();
    source.destroy();
    await running.finished.catch(() => undefined);
  }
}
