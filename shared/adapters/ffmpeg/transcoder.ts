import { tmpdir } from 'node:os';
import ffmpeg from 'fluent-ffmpeg';

import type { Log, Transcoder } from '#shared/core/ports';
import { isRoot, layersFor } from './containment.ts';
import type { Limits } from './containment.ts';
import { copy } from './copy.ts';
import { cover } from './cover.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { examine } from './examination.ts';
import { openPrivateFolder } from './private-folder.ts';
import { level } from './level.ts';
import { measureLoudness } from './loudness.ts';
import { probe } from './probe.ts';
import { findProgram } from './programs.ts';
import { writeWrapper } from './wrapper.ts';

/** Where ffmpeg is (a path, or a name on the usual path) and what it may use. */
export interface TranscoderOptions {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly limits: Limits;
  readonly log: Log;
}

/**
 * Finds out how ffmpeg can be held on this machine and gives the port. Rejects when ffmpeg or
 * ffprobe does not run, or obeys hostile files even as we run it. What was found out is kept for
 * the next start. There is one per process: fluent-ffmpeg keeps its path globally.
 */
export async function createTranscoder(options: TranscoderOptions): Promise<Transcoder> {
  const { limits, log } = options;
  const paths = {
    ffmpeg: await locate(options.ffmpegPath),
    ffprobe: await locate(options.ffprobePath),
  };
  const folder = await openPrivateFolder(tmpdir());
  const { version, prefix, missing } = await examine(paths, layersFor(limits), folder);
  if (missing.length > 0) log.warn({ missing }, 'ffmpeg runs without part of its containment');
  if (!isRoot()) {
    log.info({ missing: ['another user'] }, 'not root: V2M_FFMPEG_UID has no effect on ffmpeg');
  }
  ffmpeg.setFfmpegPath(await writeWrapper(folder, [...prefix, paths.ffmpeg]));
  return {
    version,
    probe: (source) => probe([...prefix, paths.ffprobe], source),
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
