import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { TokenResponse } from '#shared/contracts/accounts';
import { post } from '../../scripts/client/request.ts';
import { functionUrl, newPerson, type Person } from '../../scripts/testing/service.ts';

/** Longer than two requests that were sent together may lie apart. */
const raceMs = 10_500;

let person: Person;
beforeAll(async () => {
  person = await newPerson();
});

const login = (password: string) =>
  fetch(functionUrl('login'), post({ email: person.email, password }));
const refresh = (refreshToken: string) =>
  fetch(functionUrl('login/refresh'), post({ refresh_token: refreshToken }));
const tokensOf = async (answer: Response) => v.parse(TokenResponse, await answer.json());

async function isLet(accessToken: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await fetch(functionUrl('account'), { headers })).ok;
}

describe('login', () => {
  test('gives a token that opens the account', async () => {
    expect(await isLet((await tokensOf(await login(person.password))).access_token)).toBe(true);
    expect(await isLet('nonsense')).toBe(false);
  });

  test('refuses a wrong password with a code and the id of the request', async () => {
    const answer = await login('a wrong password of nobody');

    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const callId = answer.headers.get('x-call-id');
    expect(callId).not.toBeNull();
    expect(await answer.json()).toMatchObject({
      code: 'unauthorized',
      status: 401,
      requestId: callId,
      detail: 'The e-mail address or the password is wrong.',
    });
  });
});

describe('refresh', () => {
  test('gives another pair', async () => {
    const first = await tokensOf(await login(person.password));
    const second = await tokensOf(await refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await isLet(second.access_token)).toBe(true);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  test('of a token that was used ends the whole session (security 30)', async () => {
    const first = await tokensOf(await login(person.password));
    const second = await tokensOf(await refresh(first.refresh_token));
    await sleep(raceMs);

    const reused = await refresh(first.refresh_token);

    expect(reused.status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(401);
  });

  test('of a token that was used just now is a race, and the newer one holds', async () => {
    const first = await tokensOf(await login(person.password));
    const second = await tokensOf(await refresh(first.refresh_token));

    const reused = await refresh(first.refresh_token);

    expect(reused.status).toBe(409);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });
});

describe('logout', () => {
  test('ends its session and no other', async () => {
    const here = await tokensOf(await login(person.password));
    const there = await tokensOf(await login(person.password));
    const { refresh_token } = here;
    const answer = await fetch(functionUrl('login/logout'), post({ refresh_token }));
    expect(answer.status).toBe(204);
    expect((await refresh(refresh_token)).status).toBe(401);
    expect((await refresh(there.refresh_token)).status).toBe(200);
  });
});
