import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PostgresPrograms } from './postgres-programs.ts';
import { type ServerUser, canEnter } from './server-user.ts';
import { dataDir, stackId } from './stack.ts';

/*
 * A checkout under /root cannot be entered by the user who runs Postgres when we are root. Then,
 * and only then, Postgres' files live in a folder of the system, named by the stack's own id.
 */

/** Where this stack keeps what its own folder cannot hold; `reset` deletes it. */
export function systemPlace(root: string): string {
  return join('/var/lib/video-to-mp3', stackId(root));
}

/** The data folder of `name`: in the stack's folder when `user` can enter that. */
export function enterableDataDir(root: string, name: string, user?: ServerUser): string {
  const own = dataDir(root, name);
  mkdirSync(dirname(own), { recursive: true });
  return canEnter(user, dirname(own)) ? own : join(systemPlace(root), name);
}

/** The folder of the programs when `user` can enter it, else that of a copy that `user` can. */
export function enterableBin(root: string, programs: PostgresPrograms, user?: ServerUser): string {
  if (canEnter(user, programs.bin)) return programs.bin;
  const copy = join(systemPlace(root), `postgres-${programs.version}`);
  if (!existsSync(copy)) {
    rmSync(`${copy}.partial`, { recursive: true, force: true });
    cpSync(dirname(programs.bin), `${copy}.partial`, { recursive: true, verbatimSymlinks: true });
    renameSync(`${copy}.partial`, copy);
  }
  return join(copy, 'bin');
}
