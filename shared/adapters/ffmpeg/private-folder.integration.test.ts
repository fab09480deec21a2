import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeWhole } from './private-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'private-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeWhole', () => {
  test('writes the file and leaves nothing beside it', async () => {
    await writeWhole(join(folder, 'kept'), 'all of it', 0o600);
    expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('all of it');
    expect(await readdir(folder)).toEqual(['kept']);
  });

  test('leaves nothing where it fails (6)', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writeWhole(join(folder, 'taken'), 'x', 0o600)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});
