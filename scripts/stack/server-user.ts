import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * Who runs Postgres, which refuses to be root: nobody else when we are not root, else the system
 * user `postgres`, else `nobody`, which every system has.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody']
    .map((name) => users.find((fields) => fields[0] === name))
    .find((fields) => fields !== undefined);
  if (!user) throw new Error('run as root there must be a user postgres or nobody for Postgres');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Whether `user` may enter `folder`, which takes the right to pass every folder above it. */
export function canEnter(user: ServerUser | undefined, folder: string): boolean {
  if (!user) return true;
  try {
    execFileSync('test', ['-x', `${folder}/.`], { ...user, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
