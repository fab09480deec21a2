import { describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { NewUser } from '#shared/core/ports';
import { createFakePasswordHasher } from '#shared/testing/password-hasher.fake';
import { register } from './register.ts';

const password = 'seven purple boats drift home';

function setUp({ full = '' } = {}) {
  const created: NewUser[] = [];
  const taken: string[] = [];
  const limiter = (name: string) => ({
    take(key: string) {
      taken.push(`${name} ${key}`);
      return name === full ? Promise.reject(new AppError('rate_limited')) : Promise.resolve();
    },
  });
  const run = register({
    users: {
      create(user) {
        const known = created.some(({ emailKey }) => emailKey === user.emailKey);
        if (!known) created.push(user);
        return Promise.resolve(known ? 'taken' : 'created');
      },
    },
    hasher: createFakePasswordHasher(),
    newId: () => `id-${created.length + 1}`,
    limits: { address: limiter('address'), everyone: limiter('everyone') },
  });
  return { run, created, taken };
}

describe('register', () => {
  test('opens an account with a normalised address and a hash', async () => {
    const { run, created } = setUp();
    expect(await run({ email: ' Ada@Example.org ', password })).toEqual({
      email: 'Ada@example.org',
    });
    expect(created).toEqual([
      {
        id: 'id-1',
        email: 'Ada@example.org',
        emailKey: 'ada@example.org',
        passwordHash: `fake:${password}`,
      },
    ]);
  });

  test('row 8: answers the same for an address that has an account', async () => {
    const { run, created } = setUp();
    const first = await run({ email: 'ada@example.org', password });
    expect(await run({ email: 'ada@example.org', password: 'another of some length' })).toEqual(
      first,
    );
    expect(created).toHaveLength(1);
  });

  test('rows 1, 13: names all that is wrong at once and stores nothing', async () => {
    const { run, created, taken } = setUp();
    await expect(run({ email: 'a@x.com, b@y.com', password: 'short' })).rejects.toMatchObject({
      code: 'invalid_input',
      problems: [
        { path: 'email', message: 'This is not one e-mail address.' },
        { path: 'password', message: expect.stringContaining('at least 15') },
      ],
    });
    expect(created).toEqual([]);
    expect(taken).toEqual([]);
  });

  test('row 3: refuses a password that holds the address, however it was typed', async () => {
    const { run } = setUp();
    await expect(
      run({ email: ' Ada.Lovelace@x.com', password: 'i am ADA.LOVELACE@X.COM' }),
    ).rejects.toMatchObject({ code: 'invalid_input', problems: [{ path: 'password' }] });
  });

  test('row 10: counts for the address, however it is spelt, and for everyone', async () => {
    const { run, taken } = setUp();
    await run({ email: 'ADA@EXAMPLE.ORG', password });
    expect(taken).toEqual(['address ada@example.org', 'everyone all']);
  });

  test.each(['address', 'everyone'])(
    'row 10: creates nothing beyond the limit of %s',
    async (full) => {
      const { run, created } = setUp({ full });
      await expect(run({ email: 'ada@example.org', password })).rejects.toMatchObject({
        code: 'rate_limited',
      });
      expect(created).toEqual([]);
    },
  );
});
