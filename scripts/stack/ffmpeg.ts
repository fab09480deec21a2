import { chmodSync } from 'node:fs';
import { NoWayError, recordGiven } from './choice.ts';
import { findProgram } from './programs.ts';
import type { RunRecord } from './records.ts';
import type { Stack } from './stack.ts';

/**
 * The packages throw at import where they have no binary for the platform: imported when needed.
 */
const PROGRAMS = {
  ffmpeg: { variable: 'FFMPEG_PATH', load: () => import('@ffmpeg-installer/ffmpeg') },
  ffprobe: { variable: 'FFPROBE_PATH', load: () => import('@ffprobe-installer/ffprobe') },
} as const;

export type FfmpegProgram = keyof typeof PROGRAMS;

/** ffmpeg or ffprobe: by its variable, on PATH (where apt-get puts it), or from npm. */
export async function findFfmpeg(stack: Stack, name: FfmpegProgram): Promise<RunRecord> {
  const { variable } = PROGRAMS[name];
  const given = stack.env[variable];
  if (given) return recordGiven(stack, name, `${variable} is set`, given);
  const problem = await stack.packages;
  const onPath = findProgram(name, stack.env);
  if (onPath) return recordGiven(stack, name, 'program on PATH', onPath);
  const how = `npm package @${name}-installer/${name} (${problem ?? 'no program on PATH'})`;
  return recordGiven(stack, name, how, await embedded(name, problem));
}

/** npm ran no install script, so the binary has not yet the right to be run. */
async function embedded(name: FfmpegProgram, problem: string | undefined): Promise<string> {
  try {
    const { default: installer } = await PROGRAMS[name].load();
    chmodSync(installer.path, 0o755);
    return installer.path;
  } catch (error) {
    const tried = [
      `${PROGRAMS[name].variable}: not set`,
      `${name}: not on PATH`,
      `apt-get install: ${problem ?? 'not needed'}`,
      `npm package @${name}-installer/${name}: ${String(error)}`,
    ];
    throw new NoWayError(name, tried, ['docker compose up', 'apt-get install -y ffmpeg']);
  }
}
