import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { withoutServers } from '../testing/environment.ts';
import { readJson } from './files.ts';
import { resetStack } from './reset.ts';
import { startServers } from './servers.ts';
import { stackStatus } from './status.ts';

const toolsDir = resolve('.local/tools');
const root = mkdtempSync(join(tmpdir(), 'stack-killed-'));
chmodSync(root, 0o755);

afterAll(async () => {
  await resetStack(root, toolsDir);
  rmSync(root, { recursive: true, force: true });
}, 60_000);

function lockHolder(): unknown {
  const lock = readJson(join(root, 'lock.json'));
  return lock instanceof Object && 'pid' in lock ? lock.pid : undefined;
}

/** A start in a process of its own, so that it can be killed. */
async function startAndKill(afterMs: number): Promise<number | undefined> {
  const options = JSON.stringify({ root, toolsDir, install: true });
  const script = `const { startServers } = await import(${JSON.stringify(resolve('scripts/stack/servers.ts'))});
    await startServers({ ...${options}, report: () => undefined });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: 'inherit',
    env: withoutServers(),
  });
  while (lockHolder() !== child.pid) await sleep(10);
  await sleep(afterMs);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child.pid;
}

describe('startServers after a start that was killed', () => {
  test.each([10, 300, 900, 2_500])(
    'the lock of a start killed after %i ms is taken over by the next one',
    async (afterMs) => {
      const killed = await startAndKill(afterMs);
      expect(lockHolder()).toBe(killed);
    },
    30_000,
  );

  test('the next start brings every server up', async () => {
    await startServers({
      ...{ root, toolsDir, install: true, report: () => undefined },
      env: withoutServers(),
    });
    const statuses = await stackStatus(root);
    expect(statuses.filter(({ up }) => !up)).toEqual([]);
    expect(statuses).toHaveLength(8);
  }, 120_000);
});
