import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { findContainment } from './containment.ts';

const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 60 };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containment-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Leaves an empty file each time it runs. */
async function countedProgram(): Promise<{ path: string; runs: () => Promise<number> }> {
  const counted = await mkdtemp(join(folder, 'runs-'));
  const path = join(counted, 'program');
  await writeFile(path, `#!/bin/sh\nexec mktemp -p '${counted}'\n`, { mode: 0o700 });
  return { path, runs: async () => (await readdir(counted)).length - 1 };
}

describe('findContainment', () => {
  test('takes every layer by one start of the program where all of them work', async () => {
    const { path, runs } = await countedProgram();
    const { prefix, missing } = await findContainment(path, limits);
    expect([missing, await runs()]).toEqual([[], 1]);
    expect(
      prefix.filter((word) => word.startsWith('/')).map((word) => word.split('/').at(-1)),
    ).toEqual(['setsid', 'prlimit', 'setpriv', 'setpriv', 'nice']);
  });

  test('leaves out the one layer that does not work, and no other', async () => {
    const { path } = await countedProgram();
    // No program starts in one byte.
    const { prefix, missing } = await findContainment(path, { ...limits, memoryBytes: 1 });
    expect(missing).toEqual(['resource limits']);
    expect(prefix.join(' ')).toMatch(/setsid .*--no-new-privs .*--pdeathsig KILL .*nice -n 10$/u);
  });

  test('names every layer where the program itself does not run', async () => {
    const { prefix, missing } = await findContainment(join(folder, 'absent'), limits);
    expect([prefix, missing.length]).toEqual([[], 5]);
  });
});
