import { FrameCounter } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import type { Checkpoint } from '#shared/core/job';
import type { FileStore, Log } from '#shared/core/ports';
import type { EncodedSegments, EncodedSound } from './encode-sound.ts';
import { endedBy } from './ended-by.ts';

/** What an earlier attempt noted is not in the store any more, or not as it was. */
export class CheckpointLost extends Error {
  override readonly name = 'CheckpointLost';
}

/**
 * Does the work behind the checkpoint where there is one with this fingerprint; where its frames
 * turn out to be lost, does it once more from the beginning.
 */
export async function orFromZero<T>(
  checkpoint: Checkpoint | undefined,
  fingerprint: string,
  log: Log,
  work: (from: Checkpoint | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await work(checkpoint?.fingerprint === fingerprint ? checkpoint : undefined);
  } catch (error) {
    if (!(error instanceof CheckpointLost)) throw error;
    log.warn({ err: error }, 'a checkpoint is lost: begun from zero');
    return work(undefined);
  }
}

type Parts = Pick<FileStore, 'readPart'>;

/**
 * The whole sound, of which the checkpoint holds the first segments; the others are encoded once
 * those are read. Rejects as {@link framesOf} and as the encoder does.
 */
export function goOnBehind(
  files: Parts,
  checkpoint: Checkpoint,
  encode: (from: EncodedSegments) => EncodedSound,
  signal: AbortSignal,
): EncodedSound {
  let encoded: EncodedSound | undefined;
  async function* frames(): AsyncGenerator<Uint8Array> {
    const count = yield* framesOf(files, checkpoint, signal);
    encoded = encode({ ...count, segments: checkpoint.segments });
    yield* encoded.frames;
  }
  return {
    frames: endedBy(frames(), () => void encoded?.frames.return(undefined)),
    count() {
      if (!encoded) throw new TypeError('The frames were not taken to the end.');
      return encoded.count();
    },
  };
}

/**
 * The frames of a checkpoint, and in the end their count. Rejects with {@link CheckpointLost} where
 * they are not those that were noted, also after some of them: what was done with them is void.
 */
export async function* framesOf(
  files: Parts,
  { fileId, start, ...noted }: Checkpoint,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, FrameCount, undefined> {
  const counter = new FrameCounter();
  try {
    const range = { start, end: start + noted.bytes };
    for await (const piece of files.readPart('mp3s', fileId, range, signal)) {
      counter.push(piece);
      yield piece;
    }
    const count = counter.end();
    if (count.frames === noted.frames && count.crc === noted.crc) return count;
  } catch (cause) {
    signal.throwIfAborted();
    throw new CheckpointLost(`The frames in file ${fileId} cannot be read.`, { cause });
  }
  throw new CheckpointLost(`The frames in file ${fileId} are not those that were noted.`);
}
