import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/opt/homebrew/bin'];

/**
 * The absolute path of a program, which children need that run without an environment: a path as
 * it is, a name by the usual folders. Undefined where there is none.
 */
export async function findProgram(name: string): Promise<string | undefined> {
  if (name.includes('/')) return name;
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
