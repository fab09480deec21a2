import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';

const script = `${import.meta.dirname}/migrate.ts`;

interface Exit {
  readonly code: unknown;
  readonly out: string;
}

/** Runs the command as `npm run migrate` does. */
function migrate(url: string | undefined, ...args: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...(url === undefined ? {} : { DATABASE_URL: url }) };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, out: stdout + stderr });
    });
  });
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());

describe('npm run migrate', () => {
  test('runs each migration once, also when two start at once', async () => {
    await database.pool.query('DROP SCHEMA public CASCADE');
    await database.pool.query('CREATE SCHEMA public');

    const exits = await Promise.all([migrate(database.url), migrate(database.url)]);

    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
    expect(exits.map(({ out }) => out.trim()).toSorted()).toEqual([
      expect.stringMatching(/^Ran 0001_accounts, 0002_jobs/),
      'Up to date.',
    ]);
  });

  test('says what it needs when the address is missing', async () => {
    const { code, out } = await migrate(undefined);

    expect(code).toBe(1);
    expect(out).toContain('DATABASE_URL is not set.');
  });

  test('explains itself without touching anything', async () => {
    const { code, out } = await migrate(undefined, '--help');

    expect(code).toBe(0);
    expect(out).toContain('DATABASE_URL=postgres://');
  });
});
