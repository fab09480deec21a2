import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import type { DecodeRequest, Transcoder } from '#shared/core/ports';
import { sourceOptionsFor } from './allowed.ts';
import { quiet, stderrLines } from './command.ts';
import { runFfmpeg } from './running.ts';

/** Decodes one track; see Transcoder in shared/core/ports.ts. */
export function decode(request: DecodeRequest): ReturnType<Transcoder['decode']> {
  const stop = new AbortController();
  const command = ffmpeg(request.url, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...sourceOptionsFor(request.container)])
    .outputOptions([
      ...['-map', `0:${request.trackIndex}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
      ...['-ac', String(request.channels), '-ar', String(request.sampleRate)],
      ...['-c:a', 'pcm_f32le', '-threads', '1', '-f', 'f32le'],
    ]);
  const { output, finished } = runFfmpeg(
    command,
    AbortSignal.any([request.signal, stop.signal]),
    (hint) => new AppError(hint ?? 'damaged'),
  );
  return { pcm: untilGone(output, finished, () => stop.abort()), finished };
}

/** Whoever stops reading early lets ffmpeg go; the output ends when the process is gone. */
async function* untilGone(
  output: AsyncIterable<Uint8Array>,
  finished: Promise<unknown>,
  stop: () => void,
): AsyncGenerator<Uint8Array> {
  let isWhole = false;
  try {
    yield* output;
    isWhole = true;
  } finally {
    if (!isWhole) stop();
    await finished.catch(() => undefined);
  }
}
