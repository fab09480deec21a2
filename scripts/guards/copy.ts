import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { broken, type Guard } from './guard.ts';

/** The checkout as it is now, where it may be broken. */
export interface Copy {
  readonly folder: string;
  /** Breaks the guard, runs `work` and mends it again. */
  whileBroken<T>(guard: Guard, work: () => Promise<T>): Promise<T>;
  remove(): Promise<void>;
}

const left = new Set(['node_modules', '.git', '.local', 'dist']);

/** Copies all but what is installed, built or running; installed packages are shared. */
export async function copyCheckout(checkout: string): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'guards-'));
  await cp(checkout, folder, {
    recursive: true,
    filter: (path) => !left.has(relative(checkout, path).split(sep)[0] ?? ''),
  });
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    async whileBroken(guard, work) {
      const file = join(folder, guard.file);
      const whole = await readFile(file, 'utf8');
      await writeFile(file, broken(whole, guard));
      try {
        return await work();
      } finally {
        await writeFile(file, whole);
      }
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
