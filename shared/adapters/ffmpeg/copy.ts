import type { CopyRequest } from '#shared/core/ports';
import { fromSource } from './from-source.ts';

/** Copies the frames of an MP3 track; see Transcoder in shared/core/ports.ts. */
export async function* copy(request: CopyRequest): AsyncGenerator<Uint8Array> {
  const { output, finished } = fromSource(request, [
    ...['-map', `0:${request.trackIndex}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-c', 'copy', '-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3'],
  ]);
  yield* output;
  await finished;
}
