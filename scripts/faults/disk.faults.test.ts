import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { uploadAs, uploadShort } from '../testing/accepted.ts';
import { longFile } from '../testing/media.ts';
import { redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { openLimitedFolder, type LimitedFolder } from '../testing/limited-folder.ts';

const functions = ['convert', 'upload'] as const;
const soundSeconds = 600;

let disk: LimitedFolder;
beforeAll(async () => {
  disk = await openLimitedFolder();
  for (const name of functions) await redeploy(name, { TMPDIR: disk.path });
}, 60_000);
afterAll(async () => {
  for (const name of functions) await redeploy(name);
  await disk.close();
}, 60_000);

describe('the disk for temporary data', () => {
  test('row 6: is full: no video needs it, and nothing is left there', async () => {
    const before = await disk.list();
    // What holds ffmpeg lies there since the start.
    expect(before).not.toEqual([]);
    await disk.fill();
    const long = await longFile(soundSeconds / 60);
    await everyPromiseHolds([await uploadAs(long, { soundSeconds }), await uploadShort()]);
    expect(await disk.list()).toEqual(before);
  });
});
