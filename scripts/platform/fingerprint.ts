import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const deployed = ['dist/*/index.mjs', 'template/*/*', 'stack.yml'];

/** A hash over all that a deployment of this checkout consists of. */
export function deploymentFingerprint(checkout: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(deployed, { cwd: checkout }).sort()) {
    hash.update(file).update(readFileSync(join(checkout, file)));
  }
  return hash.digest('hex');
}
