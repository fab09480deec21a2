import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import ffmpeg from 'fluent-ffmpeg';

import { AppError } from '#shared/core/errors';
import type { DecodeRequest, EncodeRequest, Log, Transcoder } from '#shared/core/ports';
import { pcmOptions, sourceOptions } from './allowed.ts';
import { findContainment, findProgram, writeWrapper } from './containment.ts';
import type { Limits } from './containment.ts';
import { probe } from './probe.ts';
import { runFfmpeg } from './running.ts';

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
    probe: (url, signal) => probe([...prefix, ffprobePath], url, signal),
    decode,
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

/** Only the last lines are kept; what ffmpeg says is heard line by line (1 KiB at most each). */
const stderrLines = 64;
const quiet = ['-nostdin', '-hide_banner', '-v', 'error', '-threads', '1'];

function decode(request: DecodeRequest): ReturnType<Transcoder['decode']> {
  const stop = new AbortController();
  const command = ffmpeg(request.url, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...sourceOptions])
    .outputOptions([
      ...['-map', `0:${request.trackIndex}`, '-vn', '-sn', '-dn', '-map_metadata', '-1'],
      ...['-ac', String(request.channels), '-ar', String(request.sampleRate)],
      ...['-c:a', 'pcm_f32le', '-threads', '1', '-f', 'f32le'],
    ]);
  const { output, finished } = runFfmpeg(
    command,
    AbortSignal.any([request.signal, stop.signal]),
    (hint) => new AppError(hint ?? 'damaged'),
  );
  return { pcm: untilGone(output, finished, () => stop.abort()), finished };
}

/** Whoever stops reading early lets ffmpeg go; the output ends when the process is gone. */
async function* untilGone(
  output: AsyncIterable<Uint8Array>,
  finished: Promise<unknown>,
  stop: () => void,
): AsyncGenerator<Uint8Array> {
  let isWhole = false;
  try {
    yield* output;
    isWhole = true;
  } finally {
    if (!isWhole) stop();
    await finished.catch(() => undefined);
  }
}

async function* encode(
  request: EncodeRequest,
  pcm: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  const source = Readable.from(pcm, { objectMode: false });
  const command = ffmpeg(source, { stdoutLines: stderrLines })
    .inputOptions([...quiet, ...pcmOptions, ...shapeOptions(request), '-f', 'f32le'])
    .outputOptions([
      ...['-c:a', 'libmp3lame', '-b:a', `${request.bitrate}k`, '-map_metadata', '-1'],
      ...['-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3'],
    ]);
  const running = runFfmpeg(
    command,
    AbortSignal.any([request.signal, stop.signal]),
    () => new AppError('internal'),
  );
  try {
    yield* running.output;
    await running.finished;
  } finally {
    stop.abort();
    source.destroy();
    await running.finished.catch(() => undefined);
  }
}

function shapeOptions({ sampleRate, channels }: EncodeRequest): readonly string[] {
  return ['-ar', String(sampleRate), '-ac', String(channels)];
}
