import { describe, expect, test } from '@jest/globals';
import type { Role } from '#shared/contracts/accounts';
import { AppError } from '#shared/core/errors';
import type { User } from '#shared/core/ports';
import { createFakePasswordHasher } from '#shared/testing/password-hasher.fake';
import { changePassword } from './change-password.ts';
import { deleteAccount } from './delete-account.ts';
import { listAccounts } from './list-accounts.ts';
import { setRoles } from './set-roles.ts';
import { showAccount } from './show-account.ts';

const password = 'seven purple boats drift home';
const newPassword = 'eight yellow birds sing at noon';
const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ada = idOf(1);

function user(n: number): User {
  return {
    id: idOf(n),
    email: `Person${n}@example.org`,
    emailKey: `person${n}@example.org`,
    passwordHash: `fake:${password}`,
    roles: ['user'],
    createdAt: new Date('2026-01-02T03:04:05Z'),
  };
}

function setUp({ people = 1, limited = false } = {}) {
  const all = Array.from({ length: people }, (_, n) => user(n + 1));
  const done: unknown[] = [];
  const limits: string[] = [];
  const users = {
    findById: (id: string) => Promise.resolve(all.find((one) => one.id === id)),
    list: ({ after, limit }: { after: string | undefined; limit: number }) =>
      Promise.resolve(all.filter(({ id }) => id > (after ?? '')).slice(0, limit)),
    setPasswordHash: (...change: unknown[]) => Promise.resolve(void done.push(change)),
    setRoles(id: string, roles: readonly Role[]) {
      done.push([id, roles]);
      return Promise.resolve(all.some((one) => one.id === id));
    },
    remove: (id: string) => Promise.resolve(void done.push(id)),
  };
  const guesses = [
    {
      take(key: string) {
        limits.push(`take ${key}`);
        return limited ? Promise.reject(new AppError('rate_limited')) : Promise.resolve();
      },
      reset: (key: string) => Promise.resolve(void limits.push(`reset ${key}`)),
    },
  ];
  return { deps: { users, hasher: createFakePasswordHasher(), guesses }, done, limits };
}

describe('showAccount', () => {
  test('shows the account without hash and key', async () => {
    const { deps } = setUp();
    expect(await showAccount(deps)(ada)).toEqual({
      id: ada,
      email: 'Person1@example.org',
      roles: ['user'],
      createdAt: '2026-01-02T03:04:05.000Z',
    });
  });

  test('an access token that outlived its account is refused', async () => {
    const { deps } = setUp();
    await expect(showAccount(deps)(idOf(9))).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('changePassword', () => {
  test('row 28: stores the new hash and ends all sessions', async () => {
    const { deps, done } = setUp();
    await changePassword(deps)(ada, { currentPassword: password, newPassword });
    expect(done).toEqual([[ada, `fake:${newPassword}`, { keepSessions: false }]]);
  });

  test('refuses who does not know the current password', async () => {
    const { deps, done } = setUp();
    const request = { currentPassword: 'wrong', newPassword };
    await expect(changePassword(deps)(ada, request)).rejects.toMatchObject({
      code: 'forbidden',
      message: 'The password is wrong.',
    });
    expect(done).toEqual([]);
  });

  test('row 1: holds the new password to the same rules, under its own name', async () => {
    const { deps, done } = setUp();
    const request = { currentPassword: password, newPassword: 'fourteen chars' };
    await expect(changePassword(deps)(ada, request)).rejects.toMatchObject({
      code: 'invalid_input',
      problems: [{ path: 'newPassword', message: expect.stringContaining('at least 15') }],
    });
    expect(done).toEqual([]);
  });

  test('row 9: counts wrong ones in the budget of login and starts anew after a right one', async () => {
    const { deps, limits } = setUp();
    const change = changePassword(deps);
    await change(ada, { currentPassword: 'wrong', newPassword }).catch(() => undefined);
    await change(ada, { currentPassword: password, newPassword });
    expect(limits).toEqual([
      'take person1@example.org',
      'take person1@example.org',
      'reset person1@example.org',
    ]);
  });
});

describe('deleteAccount', () => {
  test('forgets the person who gives the password once more', async () => {
    const { deps, done } = setUp();
    await deleteAccount(deps)(ada, { password });
    expect(done).toEqual([ada]);
  });

  test('a stolen access token alone deletes nothing', async () => {
    const { deps, done } = setUp();
    const attempt = deleteAccount(deps)(ada, { password: 'wrong' });
    await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
    expect(done).toEqual([]);
  });

  test('row 9: looks at no password beyond the limit, not even the right one', async () => {
    const { deps, done } = setUp({ limited: true });
    const attempt = deleteAccount(deps)(ada, { password });
    await expect(attempt).rejects.toMatchObject({ code: 'rate_limited' });
    expect(done).toEqual([]);
  });
});

describe('listAccounts', () => {
  test('gives every account once, page by page, and ends', async () => {
    const list = listAccounts(setUp({ people: 5 }).deps);
    const first = await list({ limit: 3, cursor: undefined });
    const second = await list({ limit: 3, cursor: first.next ?? undefined });
    expect([...first.accounts, ...second.accounts].map(({ id }) => id)).toEqual(
      [1, 2, 3, 4, 5].map(idOf),
    );
    expect(second.next).toBeNull();
  });

  test('a page that holds exactly the last one has no next', async () => {
    const list = listAccounts(setUp({ people: 3 }).deps);
    expect((await list({ limit: 3, cursor: undefined })).next).toBeNull();
  });
});

describe('setRoles', () => {
  test('gives exactly the roles asked for, each once', async () => {
    const { deps, done } = setUp();
    await setRoles(deps)(idOf(9), ada, { roles: ['user', 'admin', 'admin'] });
    expect(done).toEqual([[ada, ['user', 'admin']]]);
  });

  test('an account that is not there is not found', async () => {
    const { deps } = setUp();
    await expect(setRoles(deps)(ada, idOf(9), { roles: ['user'] })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('an admin may confirm the own role and may not lay it down', async () => {
    const { deps, done } = setUp();
    await setRoles(deps)(ada, ada, { roles: ['admin'] });
    await expect(setRoles(deps)(ada, ada, { roles: ['user'] })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(done).toHaveLength(1);
  });
});
