import { run } from './programs.ts';
import type { StackEnvironment } from './stack.ts';

/** Debian's testing release has what we need; the machine's own release need not. */
const SUITE = 'forky';

const OPTIONS = [
  '--variant=apt',
  '--aptopt=Acquire::Check-Valid-Until "false"',
  ...['doc', 'man', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
];

/** A root file system with these packages in `folder`; what was there is removed first. */
export async function makeTree(
  mmdebstrap: string,
  folder: string,
  packages: string[],
  env: StackEnvironment,
): Promise<void> {
  await removeTree(folder);
  const args = [...OPTIONS, `--include=${packages.join(',')}`, SUITE, folder];
  // It unmounts what it mounted when it is told to end.
  await run(mmdebstrap, args, { env, endsWithUs: true });
}

/** Stays on one file system, should anything ever be mounted inside. */
export async function removeTree(folder: string): Promise<void> {
  await run('rm', ['-rf', '--one-file-system', folder]);
}
