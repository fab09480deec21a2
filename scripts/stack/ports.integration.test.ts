import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { PortBook } from './ports.ts';

const root = mkdtempSync(join(tmpdir(), 'stack-ports-'));

afterAll(() => rmSync(root, { recursive: true }));

describe('PortBook', () => {
  test('gives each name its own port, the same next time', async () => {
    const book = new PortBook(root);
    const ports = await Promise.all(['a', 'b', 'c', 'd'].map((name) => book.pick(name)));
    expect(new Set(ports).size).toBe(4);
    const later = new PortBook(root);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => later.pick(name)))).toEqual(ports);
  });

  test('gives another port once somebody else has taken the remembered one', async () => {
    const port = await new PortBook(root).pick('a');
    const somebody = createServer().listen(port, '127.0.0.1');
    await once(somebody, 'listening');
    expect(await new PortBook(root).pick('a')).not.toBe(port);
    somebody.close();
  });
});
