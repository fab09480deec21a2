import { describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { NewSession, User } from '#shared/core/ports';
import { createFakePasswordHasher } from '#shared/testing/password-hasher.fake';
import { createFakeRateLimiter } from '#shared/testing/rate-limiter.fake';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { login } from './login.ts';

const password = 'seven purple boats drift home';
const email = 'ada@example.org';
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function setUp({ hash = `fake:${password}`, guesses = 10, streak = 100, everyone = 1000 } = {}) {
  const ada: User = {
    id: 'ada',
    email,
    emailKey: email,
    passwordHash: hash,
    roles: ['user', 'admin'],
    createdAt: new Date(0),
  };
  const verified: (string | undefined)[] = [];
  const sessions: NewSession[] = [];
  const hashes: unknown[] = [];
  const accessTokens = createFakeAccessTokens();
  const hasher = createFakePasswordHasher();
  const limits = {
    guesses: [createFakeRateLimiter(guesses), createFakeRateLimiter(streak)],
    everyone: createFakeRateLimiter(everyone),
  };
  const store = { broken: false, silent: false };
  const run = login({
    users: {
      findByEmailKey: (key) =>
        store.silent
          ? Promise.reject(new AppError('unavailable'))
          : Promise.resolve(key === email ? ada : undefined),
      setPasswordHash(...change) {
        if (store.broken) return Promise.reject(new AppError('unavailable'));
        hashes.push(change);
        return Promise.resolve();
      },
    },
    sessions: { start: (session) => Promise.resolve(void sessions.push(session)) },
    hasher: {
      ...hasher,
      verify(typed, stored) {
        verified.push(stored);
        return hasher.verify(typed, stored);
      },
    },
    accessTokens,
    refreshTokens: { create: () => 'fresh', hash: (token) => `hash of ${token}` },
    newId: () => 'family',
    log: quiet,
    limits,
  });
  return { run, verified, sessions, hashes, accessTokens, limits, store };
}

async function repeat(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 1) await work(n);
}

describe('login', () => {
  test('gives an access token with the roles and a refresh token of a new session', async () => {
    const { run, sessions, accessTokens } = setUp();
    const answer = await run({ email: ' ADA@Example.org', password });
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 900, refresh_token: 'fresh' });
    expect(await accessTokens.verify(answer.access_token)).toMatchObject({
      userId: 'ada',
      roles: ['user', 'admin'],
    });
    expect(sessions).toEqual([
      { familyId: 'family', userId: 'ada', tokenHash: 'hash of fresh', lifetimeSeconds: 2_592_000 },
    ]);
  });

  test('row 7: answers an unknown address like a wrong password, after the same work', async () => {
    const { run, verified, sessions } = setUp();
    const wrong = { code: 'unauthorized', message: 'The e-mail address or the password is wrong.' };
    await expect(run({ email, password: 'not the right one' })).rejects.toMatchObject(wrong);
    await expect(run({ email: 'bob@example.org', password })).rejects.toMatchObject(wrong);
    await expect(run({ email: 'no address', password })).rejects.toMatchObject(wrong);
    expect(verified).toEqual([`fake:${password}`, undefined]);
    expect(sessions).toEqual([]);
  });

  test.each([
    ['an account that exists', email],
    ['one that does not', 'bob@example.org'],
  ])('row 9: gives ten tries to %s, then none, not even the right one', async (_, address) => {
    const { run, verified } = setUp();
    await repeat(10, () =>
      expect(run({ email: address, password: 'wrong' })).rejects.toMatchObject({
        code: 'unauthorized',
      }),
    );
    await expect(run({ email: address, password })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 60,
    });
    expect(verified).toHaveLength(10);
  });

  test('row 9: the right password after the window starts all counts anew', async () => {
    const { run, limits, verified } = setUp();
    await repeat(11, () => run({ email, password: 'wrong' }).catch(() => undefined));
    await limits.guesses[0]?.reset(email);
    await run({ email, password });
    await repeat(11, () => run({ email, password: 'wrong' }).catch(() => undefined));
    expect(verified).toHaveLength(10 + 1 + 10);
  });

  test('row 9: a hundred wrong ones in a row end the tries, window or not', async () => {
    const { run, limits } = setUp();
    await repeat(100, async (n) => {
      if (n % 10 === 0) await limits.guesses[0]?.reset(email);
      await run({ email, password: 'wrong' }).catch(() => undefined);
    });
    await limits.guesses[0]?.reset(email);
    await expect(run({ email, password })).rejects.toMatchObject({ code: 'rate_limited' });
  });

  test('row 9: parallel guesses are counted before any is looked at', async () => {
    const { run, verified } = setUp();
    const guess = () => run({ email, password: 'wrong' });
    await Promise.allSettled(Array.from({ length: 50 }, guess));
    expect(verified).toHaveLength(10);
  });

  test('row 10: looks at no password beyond everyone’s limit', async () => {
    const { run, verified } = setUp({ everyone: 1 });
    await run({ email, password });
    await expect(run({ email: 'bob@example.org', password })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    expect(verified).toHaveLength(1);
  });

  test('reliability 26: does not wait for the counts when the store gave the account up', async () => {
    const { run, limits, store } = setUp();
    store.silent = true;
    limits.everyone.take = () => new Promise(() => undefined);
    await expect(run({ email, password })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('row 5: renews an outdated hash and keeps the other sessions', async () => {
    const { run, hashes } = setUp({ hash: `outdated:${password}` });
    await run({ email, password });
    expect(hashes).toEqual([['ada', `fake:${password}`, { keepSessions: true }]]);
  });

  test('row 5: leaves a hash of today’s cost, and one whose password is wrong', async () => {
    const today = setUp();
    await today.run({ email, password });
    const outdated = setUp({ hash: `outdated:${password}` });
    await outdated.run({ email, password: 'wrong' }).catch(() => undefined);
    expect([today.hashes, outdated.hashes]).toEqual([[], []]);
  });

  test('row 5: lets in whose hash could not be renewed', async () => {
    const { run, store } = setUp({ hash: `outdated:${password}` });
    store.broken = true;
    await expect(run({ email, password })).resolves.toMatchObject({ refresh_token: 'fresh' });
  });
});
