import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { ffmpegUid, findContainment, layersFor } from './containment.ts';
import { writeWrapper } from './wrapper.ts';

const run = promisify(execFile);
const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 60 };
const layers = layersFor(limits);
const isRoot = process.getuid?.() === 0;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containment-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Leaves an empty file each time it runs. */
async function countedProgram(): Promise<{ path: string; runs: () => Promise<number> }> {
  const counted = await mkdtemp(join(folder, 'runs-'));
  const path = join(counted, 'program');
  await writeFile(path, `#!/bin/sh\nexec mktemp -p '${counted}'\n`, { mode: 0o755 });
  for (const open of [folder, counted]) await chmod(open, 0o777);
  return { path, runs: async () => (await readdir(counted)).length - 1 };
}

/** A program inside everything that holds ffmpeg, as fluent-ffmpeg starts it. */
async function held(program: string): Promise<string> {
  const { prefix } = await findContainment(['/bin/true'], layers);
  return writeWrapper(folder, [...prefix, program]);
}

/** What a shell finds out about itself. */
async function heldShell(script: string): Promise<string> {
  const { stdout } = await run(await held('/bin/sh'), ['-c', script]);
  return stdout.trim();
}

describe('findContainment', () => {
  test('takes every layer by one start of the program where all of them work', async () => {
    const { path, runs } = await countedProgram();
    const { prefix, missing } = await findContainment([path], layers);
    expect([missing, await runs()]).toEqual([[], 1]);
    expect(
      prefix.filter((word) => word.startsWith('/')).map((word) => word.split('/').at(-1)),
    ).toEqual(['setsid', 'prlimit', 'setpriv', 'nice']);
  });

  test('leaves out the one layer that does not work, and no other', async () => {
    const { path } = await countedProgram();
    // No program starts in one byte.
    const { prefix, missing } = await findContainment(
      [path],
      layersFor({ ...limits, memoryBytes: 1 }),
    );
    expect(missing).toEqual(['resource limits']);
    expect(prefix.join(' ')).toMatch(/setsid .*--no-new-privs .*--pdeathsig KILL .*nice -n 10$/u);
  });

  test('names every layer where the program itself does not run', async () => {
    const { prefix, missing } = await findContainment([join(folder, 'absent')], layers);
    expect([prefix, missing.length]).toEqual([[], layers.length]);
  });
});

describe('a program that is held', () => {
  test('row 55: sees an empty environment', async () => {
    process.env['V2M_CANARY'] = 'secret';
    expect(await heldShell("tr '\\0' '\\n' </proc/self/environ")).toBe('');
    delete process.env['V2M_CANARY'];
  });

  test('row 50: runs under every limit', async () => {
    const told = await heldShell('cat /proc/self/limits');
    const limit = (name: string) => new RegExp(`${name} +(\\d+) +(\\d+)`).exec(told)?.slice(1);
    expect(limit('Max address space')).toEqual([`${1024 ** 3}`, `${1024 ** 3}`]);
    expect(limit('Max cpu time')).toEqual(['60', '60']);
    expect(limit('Max file size')).toEqual(['0', '0']);
    expect(limit('Max core file size')).toEqual(['0', '0']);
    expect(limit('Max open files')).toEqual(['64', '64']);
    expect(limit('Max processes')).toEqual(isRoot ? ['1000', '1000'] : expect.anything());
  });

  test('leads a session of its own, gains no rights and steps back for others', async () => {
    expect(await heldShell('grep -q "NoNewPrivs:.1" /proc/self/status && nice')).toBe('10');
    const [pid, session] = (await heldShell('cut -d" " -f1,6 /proc/$$/stat')).split(' ');
    expect(session).toBe(pid);
  });

  test('dies with the process that started it', async () => {
    const sleeper = [await held('/bin/sleep'), '1000'];
    const parent = spawn(process.execPath, [
      '-e',
      `const child = require('child_process').spawn(...${JSON.stringify([sleeper[0], sleeper.slice(1)])});
       console.log(child.pid);`,
    ]);
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    await sleep(300);
    expect(await isAlive(Number(pid))).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await sleep(100);
    expect(await isAlive(Number(pid))).toBe(false);
  });
});

(isRoot ? describe : describe.skip)('a program that is held, started by root', () => {
  test('row 55: runs as a user and a group that own nothing', async () => {
    expect(await heldShell('grep -E "^(Uid|Gid|Groups|CapEff)" /proc/self/status')).toBe(
      [
        `Uid:\t${Array(4).fill(ffmpegUid).join('\t')}`,
        `Gid:\t${Array(4).fill(ffmpegUid).join('\t')}`,
        'Groups:\t ',
        'CapEff:\t0000000000000000',
      ].join('\n'),
    );
  });

  test.each([
    ['in a folder of our own', 0o700, 0o644],
    ['that only we may read', 0o755, 0o600],
  ])('row 55: cannot read a secret %s', async (_where, folderMode, fileMode) => {
    await chmod(folder, 0o755);
    const secrets = join(folder, `secrets-${fileMode}`);
    await mkdir(secrets, { mode: folderMode });
    await writeFile(join(secrets, 'password'), 'x', { mode: fileMode });
    await expect(heldShell(`cat ${join(secrets, 'password')}`)).rejects.toThrow(
      'Permission denied',
    );
  });

  test('row 55: cannot read our memory or environment', async () => {
    await expect(heldShell(`cat /proc/${process.pid}/environ`)).rejects.toThrow(
      'Permission denied',
    );
  });
});

/** Whether it runs; what nobody has buried yet does not. */
async function isAlive(pid: number): Promise<boolean> {
  const told = await run('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => undefined);
  return told !== undefined && !told.stdout.startsWith('Z');
}
