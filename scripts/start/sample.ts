import { execFile } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Makes a video of ten seconds with picture and sound, once. Its index is at the end, as cameras
 * write it: what cannot seek in its input fails on it.
 */
export async function makeSample(ffmpegPath: string, path: string): Promise<void> {
  if (existsSync(path)) return;
  const partial = `${path}.partial`;
  await run(ffmpegPath, [
    ...['-nostdin', '-v', 'error', '-y'],
    ...['-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25:duration=10'],
    ...['-f', 'lavfi', '-i', melody],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    ...['-metadata', 'title=A sample', '-f', 'mp4', partial],
  ]);
  renameSync(partial, path);
}

/** A scale up and down, a note every half second. */
const melody =
  "aevalsrc='0.2*sin(2*PI*t*261.6*pow(2,mod(floor(2*t),13)/12))*exp(-3*mod(t,0.5))" +
  "|0.2*sin(2*PI*t*392*pow(2,mod(floor(2*t),13)/12))*exp(-3*mod(t,0.5))':s=48000:d=10";
