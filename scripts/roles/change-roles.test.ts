import { beforeEach, describe, expect, test } from '@jest/globals';
import { addOwner } from '#shared/testing/job-stages';
import type { Store } from '#shared/testing/store';
import { createFakeStore } from '#shared/testing/store.fake';
import { changeRoles } from './change-roles.ts';

const email = 'ada@example.org';
let store: Store;
beforeEach(async () => {
  store = createFakeStore();
  await addOwner(store, email);
});

const rolesOf = async () => (await store.users.findByEmailKey(email))?.roles;

describe('changeRoles', () => {
  test('makes the first admin, however the address is typed', async () => {
    const now = await changeRoles(store.users, ' Ada@Example.org ', { add: ['admin'], remove: [] });
    expect(now).toEqual(['user', 'admin']);
    expect(await rolesOf()).toEqual(now);
  });

  test('gives a role once, and takes it away', async () => {
    await changeRoles(store.users, email, { add: ['admin', 'admin'], remove: [] });
    await changeRoles(store.users, email, { add: ['admin'], remove: [] });
    expect(await rolesOf()).toEqual(['user', 'admin']);
    expect(await changeRoles(store.users, email, { add: [], remove: ['admin'] })).toEqual(['user']);
    expect(await rolesOf()).toEqual(['user']);
  });

  test('only shows where nothing is to change', async () => {
    expect(await changeRoles(store.users, email, { add: [], remove: [] })).toEqual(['user']);
  });

  test.each(['nobody@example.org', 'no address'])('finds no account for %s', async (typed) => {
    expect(await changeRoles(store.users, typed, { add: ['admin'], remove: [] })).toBeUndefined();
    expect(await rolesOf()).toEqual(['user']);
  });
});
