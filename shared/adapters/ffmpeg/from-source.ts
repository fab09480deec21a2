import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import type { SourceRequest } from '#shared/core/ports';
import { sourceOptionsFor } from './allowed.ts';
import { quiet, stderrLines } from './command.ts';
import { runFfmpeg } from './running.ts';
import type { Running } from './running.ts';

/**
 * Runs ffmpeg on a served source. Rejects with `truncated` or `damaged` where it cannot read it.
 * Whoever stops reading early lets it go; the output ends when the process is gone.
 */
export function fromSource(
  { url, container, signal }: SourceRequest,
  outputOptions: readonly string[],
): { readonly output: AsyncGenerator<Uint8Array>; readonly finished: Running['finished'] } {
  const stop = new AbortController();
  const command = ffmpeg(url, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...sourceOptionsFor(container)])
    .outputOptions([...outputOptions]);
  const { output, finished } = runFfmpeg(
    command,
    AbortSignal.any([signal, stop.signal]),
    (hint) => new AppError(hint ?? 'damaged'),
  );
  return { output: untilGone(output, finished, () => stop.abort()), finished };
}

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
