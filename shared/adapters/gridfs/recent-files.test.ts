import { describe, expect, test } from '@jest/globals';
import { ObjectId } from 'mongodb';
import type { FileDocument } from './layout.ts';
import { createRecentFiles } from './recent-files.ts';

function fileOf(fileId: string): FileDocument {
  const _id = new ObjectId();
  return { _id, length: 1, chunkSize: 1, uploadDate: new Date(0), filename: fileId };
}

function lookFor(absent: readonly string[] = []) {
  const looked: string[] = [];
  const files = createRecentFiles((fileId) => {
    looked.push(fileId);
    return Promise.resolve(absent.includes(fileId) ? undefined : fileOf(fileId));
  });
  return { looked, files };
}

describe('createRecentFiles', () => {
  test('looks once for a file that is there', async () => {
    const { looked, files } = lookFor();
    expect((await files.find('a'))?.filename).toBe('a');
    expect((await files.find('a'))?.filename).toBe('a');
    expect(looked).toEqual(['a']);
  });

  test('looks each time for a file that is not there', async () => {
    const { looked, files } = lookFor(['a']);
    expect(await files.find('a')).toBeUndefined();
    expect(await files.find('a')).toBeUndefined();
    expect(looked).toEqual(['a', 'a']);
  });

  test('looks anew for a file that is being removed', async () => {
    const { looked, files } = lookFor();
    await files.find('a');
    files.forget('a');
    await files.find('a');
    expect(looked).toEqual(['a', 'a']);
  });

  test('forgets the one that was not asked for longest', async () => {
    const { looked, files } = lookFor();
    const many = Array.from({ length: 16 }, (_, n) => String(n));
    for (const fileId of [...many, '0', 'another', '0', '1']) await files.find(fileId);
    expect(looked).toEqual([...many, 'another', '1']);
  });
});
