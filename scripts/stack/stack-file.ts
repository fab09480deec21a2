import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './files.ts';

/** Where whoever works with a running stack reads its addresses: the owner only. */
export function stackFile(root: string): string {
  return join(root, 'stack.json');
}

export function writeStackFile(root: string, content: Readonly<Record<string, unknown>>): void {
  writeAtomically(stackFile(root), `${JSON.stringify(content, null, 2)}\n`);
}

export function removeStackFile(root: string): void {
  rmSync(stackFile(root), { force: true });
}
