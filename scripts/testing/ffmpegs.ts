import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import installedFfmpeg from '@ffmpeg-installer/ffmpeg';
import installedFfprobe from '@ffprobe-installer/ffprobe';

import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import { type Container, containerOf } from '#shared/core/signature';
import { createSilentLog } from '#shared/testing/log.fake';

const run = promisify(execFile);

/** Every ffmpeg that the converter may meet: whose it is, and where it and its ffprobe are. */
export const ffmpegs = [
  ['the system', 'ffmpeg', 'ffprobe'],
  ['the installer', installedFfmpeg.path, installedFfprobe.path],
] as const;

const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 60 };

/** A folder of its own, and files served from it, until `close`. */
export async function openWorkshop() {
  const folder = await mkdtemp(join(tmpdir(), 'workshop-'));
  const sources = await createSourceServer();
  const { signal } = new AbortController();

  /** npm runs no install script here, so the installer's programs are not executable yet. */
  async function executable(program: string): Promise<string> {
    if (!program.includes('/')) return program;
    const path = join(folder, basename(program));
    await copyFile(program, path);
    await chmod(path, 0o755);
    return path;
  }

  return {
    path: (name: string) => join(folder, name),
    /** What ffmpeg makes by these arguments, under this name. */
    async make(name: string, ...args: readonly string[]): Promise<string> {
      const path = join(folder, name);
      await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, path], { timeout: 20_000 });
      return path;
    },
    async transcoder(ffmpeg: string, ffprobe: string) {
      const [ffmpegPath, ffprobePath] = [await executable(ffmpeg), await executable(ffprobe)];
      return createTranscoder({ ffmpegPath, ffprobePath, limits, log: createSilentLog() });
    },
    /** A file as the converter asks for it. */
    async serve(path: string): Promise<{ url: string; container: Container; signal: AbortSignal }> {
      const content = await readFile(path);
      const { url } = await sources.serve({
        bytes: content.length,
        async *read({ start, end }) {
          await Promise.resolve();
          yield content.subarray(start, end);
        },
      });
      const container = containerOf(content);
      if (!container) throw new Error(`${path} is no media file`);
      return { url, container, signal };
    },
    async close(): Promise<void> {
      await sources.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** What {@link openWorkshop} opens. */
export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;
