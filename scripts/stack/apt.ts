import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram, run } from './programs.ts';
import type { StackEnvironment } from './stack.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_MARK = 'video-to-mp3: packages installed now start no service';

/** Whether system packages can be installed here: Debian or Ubuntu, as root. */
export function canInstallPackages(env: StackEnvironment): boolean {
  return process.getuid?.() === 0 && findProgram('apt-get', env) !== undefined;
}

/** The line a person would type for the same. */
export function aptLine(packages: string[]): string {
  return `apt-get install -y ${packages.join(' ')}`;
}

/** Installs in one call; fetches the package lists only when the ones at hand do not do. */
export async function installPackages(packages: string[], env: StackEnvironment): Promise<void> {
  await withoutServices(async () => {
    try {
      await aptGet(['install', '--no-install-recommends', ...packages], env);
    } catch {
      await aptGet(['update'], env).catch(() => undefined);
      await aptGet(['install', '--no-install-recommends', ...packages], env);
    }
  });
}

async function aptGet(words: string[], env: StackEnvironment): Promise<void> {
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', [...options, ...words], {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/**
 * Debian asks this script before a package starts its service (invoke-rc.d(8)); 101 forbids it. One
 * that is there already, as in container images, is left alone.
 */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const foreign = existsSync(POLICY) && !readFileSync(POLICY, 'utf8').includes(POLICY_MARK);
  if (!foreign) writeFileSync(POLICY, `#!/bin/sh\n# ${POLICY_MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    await work();
  } finally {
    if (!foreign) rmSync(POLICY, { force: true });
  }
}
