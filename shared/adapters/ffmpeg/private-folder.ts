import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * A folder of `directory` that is ours alone, made where there is none; the same for every process
 * of a user. Rejects when it belongs to, or is open to, somebody else: whoever else could write
 * there could run programs as us.
 */
export async function openPrivateFolder(directory: string): Promise<string> {
  const { uid } = userInfo();
  const folder = join(directory, `v2m-ffmpeg-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  const isOurs = found.uid === uid || uid === -1;
  if (!found.isDirectory() || !isOurs || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} belongs to someone else`);
  }
  return folder;
}

/** Writes a file so that readers see all of it or none. Where that fails, nothing of it is left. */
export async function writeWhole(path: string, content: string, mode: number): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, content, { mode });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
