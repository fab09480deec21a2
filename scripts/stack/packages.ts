import { existsSync } from 'node:fs';
import { aptLine, canInstallPackages, installPackages } from './apt.ts';
import { messageOf } from './errors.ts';
import type { MongodbPlan } from './mongodb.ts';
import type { Progress } from './progress.ts';
import { findProgram } from './programs.ts';
import { findRabbitmqScripts } from './rabbitmq.ts';
import type { StackEnvironment } from './stack.ts';

/** Ubuntu does not bring the keys of Debian's packages, which the trees are made of. */
const DEBIAN_KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The Debian packages that this start lacks, so that one call of apt-get brings all:
 * `programs` are wanted besides, each from the package of its name.
 */
export function missingPackages(
  env: StackEnvironment,
  mongodb: MongodbPlan,
  programs: readonly string[] = [],
): string[] {
  const needed = {
    'rabbitmq-server': !env['AMQP_URL'] && !findRabbitmqScripts(env),
    ffmpeg: ['ffmpeg', 'ffprobe'].some((name) => isFfmpegMissing(env, name)),
    mmdebstrap: needsTree(mongodb) && !findProgram('mmdebstrap', env),
    mount: needsTree(mongodb) && !findProgram('mount', env),
    'debian-archive-keyring': needsTree(mongodb) && !existsSync(DEBIAN_KEYS),
  };
  const missing = Object.entries(needed)
    .filter(([, isNeeded]) => isNeeded)
    .map(([name]) => name);
  return [...missing, ...programs.filter((name) => !findProgram(name, env))];
}

/** Installs them, announced; answers why it did not, when it did not. */
export async function ensurePackages(
  packages: string[],
  machine: { env: StackEnvironment; install: boolean; progress: Progress },
): Promise<string | undefined> {
  if (packages.length === 0) return undefined;
  if (!machine.install) return 'forbidden by --no-install';
  if (!canInstallPackages(machine.env)) return 'needs Debian or Ubuntu, and root';
  try {
    await machine.progress.step(`Installing: ${aptLine(packages)}`, () =>
      installPackages(packages, machine.env),
    );
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function isFfmpegMissing(env: StackEnvironment, name: string): boolean {
  return !env[`${name.toUpperCase()}_PATH`] && !findProgram(name, env);
}

function needsTree(mongodb: MongodbPlan): boolean {
  return mongodb.way === 'ferretdb' && !mongodb.installed;
}
