import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from './benchmark.ts';

/** Pictures by the bytes they take, not encoded: what Internet films have, and what phones film. */
const pictures = { '2 Mb/s': '96x52', '16 Mb/s': '320x126', '20 Mb/s': '320x160' } as const;

/**
 * Syllables of noise on the left, hiss on the right, a slow tone with accents on both: joint
 * stereo, transients and near-silence, so that the encoder has to work.
 */
const sound = `
  anoisesrc=color=pink:amplitude=0.6:sample_rate=44100:seed=1, tremolo=f=4.3:d=0.9,
    bandpass=f=900:width_type=h:width=1600 [speech];
  sine=frequency=196:beep_factor=4:sample_rate=44100, tremolo=f=0.4:d=0.7, volume=0.5,
    asplit [tone][same tone];
  anoisesrc=color=white:amplitude=0.03:sample_rate=44100:seed=2 [hiss];
  [speech][tone] amix=inputs=2:normalize=0 [left];
  [hiss][same tone] amix=inputs=2:normalize=0 [right];
  [left][right] join=inputs=2:channel_layout=stereo [sound]`;

/** As cameras and phones interleave: a second of picture, a second of sound. */
const interleaved = ['-chunk_duration', '1000000'];

/** A film of so many seconds with its index last, made as fast as the disk takes it. */
export async function makeVideo(
  { service, folder, signal }: Bench,
  seconds: number,
  rate: keyof typeof pictures,
): Promise<string> {
  const path = join(folder, `${seconds}s.mov`);
  const picture = `color=c=gray:size=${pictures[rate]}:rate=25,format=uyvy422`;
  const args = [
    ...['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', picture],
    ...['-filter_complex', sound, '-map', '0:v', '-map', '[sound]', '-t', String(seconds)],
    ...['-c:v', 'rawvideo', '-c:a', 'aac', '-b:a', '128k', ...interleaved, path],
  ];
  await promisify(execFile)(service.addresses.ffmpegPath, args, { signal });
  return path;
}
