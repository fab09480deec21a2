import { isCutOff, tailBytes } from '#shared/core/completeness';
import { refusalOf } from '#shared/core/disguise';
import { AppError } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import { firstFrameAt } from '#shared/core/lame-tag';
import type { FileStore, SourceServer } from '#shared/core/ports';
import { containerOf, signatureBytes } from '#shared/core/signature';
import type { Container } from '#shared/core/signature';

/** A job's video, looked at and ready for ffmpeg. */
export interface OpenSource {
  readonly url: string;
  readonly container: Container;
  /** Whether it lacks its end by its own account; only where a part of it is allowed. */
  readonly isCutOff: boolean;
  /** Aborts when the store fails to give bytes: to ffmpeg that would look like a damaged file. */
  readonly broken: AbortSignal;
  close(): Promise<void>;
}

/**
 * Serves the video of a job to ffmpeg. Rejects with `not_media` or `playlist` for what is no media
 * file by its first bytes, `truncated` for what lacks its end by its own account (unless
 * `allowPartial`), `storage` when it is absent.
 */
export function openSource(deps: { files: FileStore; sources: SourceServer }) {
  return async (job: Job, signal: AbortSignal): Promise<OpenSource> => {
    const { fileId } = job.source;
    const info = await deps.files.info('videos', fileId);
    if (!info || info.bytes !== job.source.bytes) throw new AppError('storage');
    const { bytes } = info;
    const part = (start: number, end: number) =>
      readAll(deps.files.read('videos', fileId, { start, end }, signal));

    const head = await part(0, Math.min(signatureBytes, bytes));
    const behindTag = Math.min(firstFrameAt(head), bytes);
    const first = await part(behindTag, Math.min(behindTag + signatureBytes, bytes));
    const container = taggedContainer(first) ?? containerOf(head);
    if (!container) throw refusalOf(head);
    const tail = await part(Math.max(0, bytes - tailBytes), bytes);
    const isCut = isCutOff(container, { bytes, head, tail });
    if (isCut && !job.options.allowPartial) throw new AppError('truncated');

    const broken = new AbortController();
    const served = await deps.sources.serve({
      bytes,
      read: (range, gone) =>
        watched(deps.files.lend('videos', fileId, range, gone), (error) => {
          if (!gone.aborted) broken.abort(error);
        }),
    });
    return { ...served, container, isCutOff: isCut, broken: broken.signal };
  };
}

/** What an ID3 tag is put in front of by some; by its first bytes alone it would be an MP3. */
function taggedContainer(first: Uint8Array): Container | undefined {
  const container = containerOf(first);
  return container === 'flac' || container === 'adts' ? container : undefined;
}

async function* watched(
  pieces: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    onError(error);
    throw error;
  }
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(pieces));
}
