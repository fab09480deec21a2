import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { documentdbData } from './documentdb.ts';
import { withLock } from './lock.ts';
import { systemPlace } from './private-place.ts';
import { stopServers } from './servers.ts';

/** Installed tools take minutes to make again, and the tests' stack is another stack. */
const KEPT = ['tools', 'test', 'lock.json'];

/** Stops the stack and deletes all it has written: data, mails, logs, passwords, addresses. */
export async function resetStack(root: string, toolsDir: string): Promise<void> {
  if (!existsSync(root)) return;
  await stopServers(root);
  await withLock(root, () => {
    const data = documentdbData({ root, toolsDir });
    const outside = [data, `${data}.partial`, systemPlace(root)];
    const inside = readdirSync(root).filter((name) => !KEPT.includes(name));
    for (const path of [...outside, ...inside.map((name) => join(root, name))]) {
      rmSync(path, { recursive: true, force: true });
    }
    return Promise.resolve();
  });
}
