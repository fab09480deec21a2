import { describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { Rotation } from '#shared/core/ports';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';

const user = {
  id: 'ada',
  email: 'ada@example.org',
  emailKey: 'ada@example.org',
  passwordHash: '',
  roles: ['user'],
  createdAt: new Date(0),
} as const;
const refreshTokens = { create: () => 'next', hash: (token: string) => `hash of ${token}` };

function setUp(rotation: Rotation, limited = false) {
  const rotated: string[][] = [];
  const warnings: string[] = [];
  const accessTokens = createFakeAccessTokens();
  const run = refresh({
    sessions: {
      rotate(...hashes) {
        rotated.push(hashes);
        return Promise.resolve(rotation);
      },
    },
    accessTokens,
    refreshTokens,
    log: {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (fields, message) => void warnings.push(message + JSON.stringify(fields)),
    },
    limits: {
      refreshes: {
        take: () => (limited ? Promise.reject(new AppError('rate_limited')) : Promise.resolve()),
      },
    },
  });
  return { run, rotated, warnings, accessTokens };
}

describe('refresh', () => {
  test('row 29: gives a fresh pair for a token, and stores hashes only', async () => {
    const { run, rotated, accessTokens } = setUp({ outcome: 'rotated', user });
    const answer = await run({ refresh_token: 'old' });
    expect(answer.refresh_token).toBe('next');
    expect(await accessTokens.verify(answer.access_token)).toMatchObject({ userId: 'ada' });
    expect(rotated).toEqual([['hash of old', 'hash of next']]);
  });

  test('row 30: the loser of two parallel refreshes gets a conflict and no warning', async () => {
    const { run, warnings } = setUp({ outcome: 'raced' });
    await expect(run({ refresh_token: 'old' })).rejects.toMatchObject({ code: 'conflict' });
    expect(warnings).toEqual([]);
  });

  test('row 30: a token used twice is refused and logged without the token', async () => {
    const { run, warnings } = setUp({ outcome: 'reused' });
    await expect(run({ refresh_token: 'old' })).rejects.toMatchObject({ code: 'unauthorized' });
    expect(warnings).toEqual(['a refresh token was used twice; its session is ended{}']);
  });

  test('row 28: an unknown or ended token is refused like a reused one, without a warning', async () => {
    const { run, warnings } = setUp({ outcome: 'unknown' });
    await expect(run({ refresh_token: 'old' })).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'This session is over. Log in again.',
    });
    expect(warnings).toEqual([]);
  });

  test('row 72: rotates nothing beyond the limit', async () => {
    const { run, rotated } = setUp({ outcome: 'rotated', user }, true);
    await expect(run({ refresh_token: 'old' })).rejects.toMatchObject({ code: 'rate_limited' });
    expect(rotated).toEqual([]);
  });
});

describe('logout', () => {
  test('row 28: ends the session of the token by its hash', async () => {
    const ended: string[] = [];
    const sessions = { end: (hash: string) => Promise.resolve(void ended.push(hash)) };
    await logout({ sessions, refreshTokens })({ refresh_token: 'old' });
    expect(ended).toEqual(['hash of old']);
  });
});
