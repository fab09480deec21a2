import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import type { FfmpegCommand } from 'fluent-ffmpeg';

import { AppError, sentence } from '#shared/core/errors';
import type { DecodeHint } from '#shared/core/media';
import { hearLines } from './capped-lines.ts';
import { Complaints } from './complaints.ts';
import { endGroup, hasEnded } from './process-group.ts';

/** An ffmpeg at work. */
export interface Running {
  /** Its stdout; fails with what `finished` fails with. */
  readonly output: AsyncIterable<Uint8Array>;
  /**
   * Settles when the process is gone. Rejects with the signal's reason, with the error of its
   * input, with `resource_limit` when it was killed or had no memory, else with `refusal(hint)`.
   */
  readonly finished: Promise<{ readonly hint: DecodeHint }>;
}

/**
 * Runs a fluent-ffmpeg command with its output piped to us. fluent-ffmpeg itself kills one process
 * and reports before it is gone; here the whole group is ended and waited for. `onLine` hears what
 * it says.
 */
export function runFfmpeg(
  command: FfmpegCommand,
  signal: AbortSignal,
  refusal: (hint: DecodeHint) => AppError,
  onLine?: (line: string) => void,
): Running {
  // Without `close`, which fluent-ffmpeg answers with a kill 20 ms after the last byte.
  const output = new PassThrough({ emitClose: false });
  const complaints = new Complaints();
  const hear = (line: string) => {
    complaints.hear(line);
    onLine?.(line);
  };
  let child: ChildProcess | undefined;
  const end = () => child && endGroup(child);
  const ended = new Promise<void>((resolve, reject) => {
    command
      .on('start', () => {
        child = childOf(command);
        if (child?.stderr) takeOver(child.stderr, hear);
        if (signal.aborted) end();
      })
      .on('end', () => resolve())
      .on('error', reject);
  });
  signal.addEventListener('abort', end);

  async function finish() {
    try {
      await ended;
      signal.throwIfAborted();
      return { hint: complaints.hint };
    } catch (error) {
      end();
      if (child && !hasEnded(child)) await once(child, 'exit');
      throw signal.aborted ? signal.reason : reasonOf(error, child, complaints, refusal);
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  // It would start ffmpegs of its own, to ask for formats and encoders that we know.
  Reflect.set(command, '_checkCapabilities', (carryOn: () => void) => carryOn());
  Reflect.set(command, 'availableEncoders', (tell: (error: null, encoders: object) => void) =>
    tell(null, {}),
  );
  command.pipe(output);
  const finished = finish();
  finished.catch((error: unknown) => output.destroy(error instanceof Error ? error : undefined));
  return { output, finished };
}

/** fluent-ffmpeg keeps a line that does not end, however long it grows. */
function takeOver(stderr: Readable, onLine: (line: string) => void): void {
  stderr.removeAllListeners('data');
  hearLines(stderr, onLine);
}

/** fluent-ffmpeg keeps its process where its types do not show it. */
function childOf(command: FfmpegCommand): ChildProcess | undefined {
  const child: unknown = Reflect.get(command, 'ffmpegProc');
  return child instanceof ChildProcess ? child : undefined;
}

function reasonOf(
  error: unknown,
  child: ChildProcess | undefined,
  complaints: Complaints,
  refusal: (hint: DecodeHint) => AppError,
): unknown {
  const ofInput: unknown =
    error instanceof Error ? Reflect.get(error, 'inputStreamError') : undefined;
  if (ofInput !== undefined) return ofInput;
  const cause = new Error(`ffmpeg said: ${complaints.last}`, { cause: error });
  if (!child) return new AppError('internal', sentence.internal, { cause });
  if (wasKilled(child) || complaints.isOutOfMemory) {
    return new AppError('resource_limit', sentence.resource_limit, { cause });
  }
  const refused = refusal(complaints.hint);
  return new AppError(refused.code, refused.message, { cause });
}

/** ffmpeg answers a signal that it can catch with 255. */
function wasKilled(child: ChildProcess): boolean {
  return child.signalCode !== null || child.exitCode === 255;
}
