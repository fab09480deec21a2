import type { BitRate } from '#shared/core/mp3';
import type { EncodeRequest } from '#shared/core/ports';
import { fromSamples } from './from-samples.ts';

/** Encodes samples; see Transcoder in shared/core/ports.ts. */
export function encode(
  request: EncodeRequest,
  pcm: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  return fromSamples(request, pcm, [
    ...['-c:a', 'libmp3lame', ...rateOptions(request.rate), '-map_metadata', '-1'],
    ...['-reservoir', request.reservoir ? '1' : '0'],
    // Frames leave by the block: one by one they cost this process as much as a second decoder.
    ...['-write_xing', '0', '-id3v2_version', '0', '-flush_packets', '0', '-f', 'mp3'],
  ]);
}

function rateOptions(rate: BitRate): readonly string[] {
  return 'kbps' in rate ? ['-b:a', `${rate.kbps}k`] : ['-q:a', String(rate.quality)];
}
