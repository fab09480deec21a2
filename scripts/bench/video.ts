import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Bench } from './benchmark.ts';

/** Pictures by the bytes they take, not encoded: what Internet films have, and what phones film. */
const pictures = { '2 Mb/s': '96x52', '20 Mb/s': '320x160' } as const;

/** A film of so many seconds with its index last, made as fast as the disk takes it. */
export async function makeVideo(
  { service, folder }: Bench,
  seconds: number,
  rate: keyof typeof pictures,
): Promise<string> {
  const path = join(folder, `${seconds}s.mov`);
  await promisify(execFile)(service.addresses.ffmpegPath, [
    ...['-nostdin', '-v', 'error', '-y'],
    ...['-f', 'lavfi', '-i', `color=c=gray:size=${pictures[rate]}:rate=25,format=uyvy422`],
    ...['-f', 'lavfi', '-i', 'anoisesrc=color=pink:sample_rate=44100'],
    ...['-t', String(seconds), '-c:v', 'rawvideo', '-c:a', 'aac', '-ac', '2', path],
  ]);
  return path;
}
