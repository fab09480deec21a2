import type { DecodeRequest, Transcoder } from '#shared/core/ports';
import { fromSource } from './from-source.ts';

/** Decodes one track; see Transcoder in shared/core/ports.ts. */
export function decode(request: DecodeRequest): ReturnType<Transcoder['decode']> {
  const { output, finished } = fromSource(request, [
    ...['-map', `0:${request.trackIndex}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-ac', String(request.channels), '-ar', String(request.sampleRate)],
    // The mean of both: ffmpeg's own mix to mono is 3 dB louder and clips.
    ...(request.channels === 1 ? ['-rematrix_maxval', '1'] : []),
    // Counted from the first sample; -t counts from where the container's timeline begins.
    ...(request.seconds === undefined ? [] : ['-af', `atrim=duration=${request.seconds}`]),
    // By the block, not packet by packet: there are a sixth as many.
    ...['-c:a', 'pcm_f32le', '-threads', '1', '-flush_packets', '0', '-f', 'f32le'],
  ]);
  return { pcm: output, finished };
}
