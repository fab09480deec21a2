import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder that can be full. */
export interface LimitedFolder {
  readonly path: string;
  /** From now on nothing can be written to it. */
  fill(): Promise<void>;
  /** Everything in it, but for what fills it. */
  list(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * A file system of 1 MiB in memory. Where only root may mount one, a folder: full means that it
 * takes no new file.
 */
export async function openLimitedFolder(): Promise<LimitedFolder> {
  const path = await mkdtemp(join(tmpdir(), 'limited-folder-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await run('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0755', 'tmpfs', path]);
  const filler = join(path, 'filler');
  return {
    path,
    async fill() {
      if (!isRoot) return chmod(path, 0o500);
      const { bavail, bsize } = await statfs(path);
      await writeFile(filler, Buffer.alloc(bavail * bsize));
    },
    list: async () =>
      (await readdir(path, { recursive: true })).filter((name) => name !== 'filler').sort(),
    async close() {
      if (isRoot) await run('umount', ['--lazy', path]);
      await rm(path, { recursive: true });
    },
  };
}
