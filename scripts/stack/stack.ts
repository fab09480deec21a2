import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { keepText } from './files.ts';
import type { PortBook } from './ports.ts';
import type { Progress } from './progress.ts';

export type StackEnvironment = Record<string, string | undefined>;

/** What every server of one start is given. */
export interface Stack {
  /** State of this stack: data, logs, records, passwords. */
  root: string;
  /** Downloaded and built programs; stacks may share it. */
  toolsDir: string;
  /** Whether anything may be downloaded or installed. */
  install: boolean;
  env: StackEnvironment;
  ports: PortBook;
  progress: Progress;
  /** Names of the servers that this start has started, filled while it runs. */
  started: string[];
  /** Settles when the system packages that were missing are installed, or with why they are not. */
  packages: Promise<string | undefined>;
}

/** A name no other stack on this machine has, made once. */
export function stackId(root: string): string {
  return keepText(join(root, 'id'), () => randomBytes(6).toString('hex'));
}

/** A random password kept for the life of the stack's data. */
export function passwordOf(root: string, name: string): string {
  return keepText(join(root, 'passwords', name), () => randomBytes(24).toString('base64url'));
}

export function dataDir(root: string, name: string): string {
  return join(root, 'data', name);
}

/** Who owns a process, for `markOf`. */
export function ownerOf(root: string, name: string): string {
  return `${root}:${name}`;
}
