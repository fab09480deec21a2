import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import ffmpeg from 'fluent-ffmpeg';

import type { Log, Transcoder } from '#shared/core/ports';
import { findContainment, findProgram, writeWrapper } from './containment.ts';
import type { Limits } from './containment.ts';
import { copy } from './copy.ts';
import { cover } from './cover.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { level } from './level.ts';
import { measureLoudness } from './loudness.ts';
import { probe } from './probe.ts';

/** Where ffmpeg is (a path, or a name on the usual path) and what it may use. */
export interface TranscoderOptions {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly limits: Limits;
  readonly log: Log;
}

/**
 * Finds out how ffmpeg can be held on this machine and gives the port. Rejects when ffmpeg or
 * ffprobe does not run. There is one per process: fluent-ffmpeg keeps its path globally.
 */
export async function createTranscoder(options: TranscoderOptions): Promise<Transcoder> {
  const { limits, log } = options;
  const ffmpegPath = await locate(options.ffmpegPath);
  const ffprobePath = await locate(options.ffprobePath);
  const [version, { prefix, missing }] = await Promise.all([
    versionOf(ffmpegPath),
    findContainment(ffmpegPath, limits),
    versionOf(ffprobePath),
  ]);
  if (missing.length > 0) log.warn({ missing }, 'ffmpeg runs without part of its containment');
  ffmpeg.setFfmpegPath(await writeWrapper(tmpdir(), prefix, ffmpegPath));
  return {
    version,
    probe: (source) => probe([...prefix, ffprobePath], source),
    decode,
    copy,
    cover,
    measureLoudness,
    level,
    encode,
  };
}

async function locate(name: string): Promise<string> {
  const path = await findProgram(name);
  if (path === undefined) throw new Error(`there is no ${name} on this machine`);
  return path;
}

async function versionOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['-version'], { env: {}, timeout: 10_000 });
  const number = /^\S+ version (\S+)/.exec(stdout)?.[1] ?? 'of unknown version';
  return `ffmpeg ${number} libmp3lame`;
}
