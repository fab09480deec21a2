import { Readable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import type { BitRate } from '#shared/core/mp3';
import type { EncodeRequest } from '#shared/core/ports';
import { pcmOptions } from './allowed.ts';
import { quiet, stderrLines } from './command.ts';
import { runFfmpeg } from './running.ts';

/** Encodes samples; see Transcoder in shared/core/ports.ts. */
export async function* encode(
  request: EncodeRequest,
  pcm: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const source = Readable.from(pcm, { objectMode: false });
  const command = ffmpeg(source, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...pcmOptions, ...shapeOptions(request), '-f', 'f32le'])
    .outputOptions([
      ...['-c:a', 'libmp3lame', ...rateOptions(request.rate), '-map_metadata', '-1'],
      ...['-reservoir', request.reservoir ? '1' : '0'],
      ...['-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3'],
    ]);
  const running = runFfmpeg(
    command,
    AbortSignal.any([request.signal, stop.signal]),
    () => new AppError('internal'),
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

function rateOptions(rate: BitRate): readonly string[] {
  return 'kbps' in rate ? ['-b:a', `${rate.kbps}k`] : ['-q:a', String(rate.quality)];
}

function shapeOptions({ sampleRate, channels }: EncodeRequest): readonly string[] {
  return ['-ar', String(sampleRate), '-ac', String(channels)];
}
