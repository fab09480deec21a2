import { FrameCounter } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import type { Checkpoint } from '#shared/core/job';
import type { FileStore } from '#shared/core/ports';

/** What an earlier attempt noted is not in the store any more, or not as it was. */
export class CheckpointLost extends Error {
  override readonly name = 'CheckpointLost';
}

/**
 * The frames of a checkpoint, and in the end their count. Rejects with {@link CheckpointLost} where
 * they are not those that were noted, also after some of them: what was done with them is void.
 */
export async function* framesOf(
  files: Pick<FileStore, 'readPart'>,
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
