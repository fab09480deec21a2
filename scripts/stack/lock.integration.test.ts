import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { withLock } from './lock.ts';
import { identify } from './processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'stack-lock-'));
const lockFile = join(folder, 'lock.json');

afterAll(() => rmSync(folder, { recursive: true }));

describe('withLock', () => {
  test('lets one work at a time, and tells the other whom it waits for', async () => {
    const events: string[] = [];
    const begun = Promise.withResolvers<undefined>();
    const finish = Promise.withResolvers<undefined>();
    const first = withLock(folder, async () => {
      begun.resolve(undefined);
      await finish.promise;
      events.push('first');
    });
    await begun.promise;
    const waitedFor: number[] = [];
    const second = withLock(
      folder,
      () => Promise.resolve(events.push('second')),
      (pid) => {
        waitedFor.push(pid);
        finish.resolve(undefined);
      },
    );
    await Promise.all([first, second]);
    expect(events).toEqual(['first', 'second']);
    expect(waitedFor).toEqual([process.pid]);
  });

  test('is free again after work that failed', async () => {
    const failing = withLock(folder, () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(existsSync(lockFile)).toBe(false);
  });

  test.each([
    ['a process that has ended', { pid: 4_194_304, startTime: '1' }],
    ['a process whose id another one has now', { ...identify(process.pid), startTime: '1' }],
  ])('takes over the lock of %s', async (_, holder) => {
    writeFileSync(lockFile, JSON.stringify(holder));
    expect(await withLock(folder, () => Promise.resolve('done'))).toBe('done');
  });
});
