import { readFile } from 'node:fs/promises';
import type { Accepted } from '../invariants/census.ts';
import { halfOf, mediaFile } from '../testing/media.ts';

/** A file to upload, and how its job must end. */
export interface Video {
  readonly name: string;
  readonly bytes: Buffer;
  readonly ends: Accepted['ends'];
}

/**
 * Short sounds mostly, some that take seconds of work in several segments, and some that must fail
 * with the right code.
 */
export async function makeVideos(): Promise<readonly [Video, ...Video[]]> {
  const [short, middle] = [await sound(1), await sound(3)];
  const long = await sound(60);
  return [
    ...([short, short, short, middle, middle, long] as const),
    await bad('silent.mp4', await mediaFile('no-sound.mp4', 1), 'no_audio'),
    await bad('cut.wav', await halfOf('sound.wav', 2), 'truncated'),
  ];
}

async function sound(seconds: number): Promise<Video> {
  const bytes = await readFile(await mediaFile('sound.m4a', seconds));
  return { name: `${seconds}s.m4a`, bytes, ends: { soundSeconds: seconds } };
}

async function bad(name: string, path: string, code: 'no_audio' | 'truncated'): Promise<Video> {
  return { name, bytes: await readFile(path), ends: { code } };
}
