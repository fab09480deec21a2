import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markOf } from './orphans.ts';
import { run } from './programs.ts';
import type { ServerUser } from './server-user.ts';
import type { StackEnvironment } from './stack.ts';

export interface NewCluster {
  data: string;
  bin: string;
  superuser: string;
  password: string;
  user: ServerUser | undefined;
  env: StackEnvironment;
  owner: string;
}

/** Makes the data folder of a Postgres, whole or not at all: it gets its name when it is done. */
export async function initCluster(cluster: NewCluster): Promise<void> {
  if (existsSync(cluster.data)) return;
  const partial = `${cluster.data}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(partial), { recursive: true });
  mkdirSync(partial, { mode: 0o700 });
  const passwordFile = `${partial}.password`;
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  for (const path of [partial, passwordFile]) own(path, cluster.user);
  try {
    await run(join(cluster.bin, 'initdb'), initOptions(cluster, partial, passwordFile), {
      env: { ...cluster.env, ...markOf(cluster.owner) },
      cwd: '/',
      ...cluster.user,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(partial, cluster.data);
}

/**
 * A postmaster.pid left by a kill -9 stops the next start when its process id has been given to
 * another process meanwhile. Called when our own postmaster is known not to run, which only Linux
 * tells for sure (see orphans.ts); elsewhere Postgres decides.
 */
export function removeStalePid(data: string): void {
  if (process.platform !== 'linux') return;
  rmSync(join(data, 'postmaster.pid'), { force: true });
}

function initOptions(cluster: NewCluster, folder: string, passwordFile: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${cluster.superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-locale',
  ];
}

function own(path: string, user: ServerUser | undefined): void {
  if (user) chownSync(path, user.uid, user.gid);
}
