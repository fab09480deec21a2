import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { post } from '../../scripts/client/request.ts';
import { functionUrl, onlyMailTo } from '../../scripts/testing/service.ts';

describe('register', () => {
  test('answers a known address as a new one; only its owner hears of it (security 8)', async () => {
    const account = { email: `${randomUUID()}@example.com`, password: `long ${randomUUID()}` };
    const answers = [];
    for (const password of [account.password, 'another long password of somebody']) {
      const answer = await fetch(functionUrl('register'), post({ ...account, password }));
      answers.push({ status: answer.status, body: await answer.text() });
    }

    expect(answers[0]).toEqual({ status: 201, body: JSON.stringify({ email: account.email }) });
    expect(answers[1]).toEqual(answers[0]);
    expect((await onlyMailTo(account.email, 60_000)).subject).toBe('You already have an account');
    expect((await fetch(functionUrl('login'), post(account))).status).toBe(200);
  }, 90_000);

  test('names all that is wrong at once', async () => {
    const answer = await fetch(
      functionUrl('register'),
      post({ email: 'a@b@c', password: 'short' }),
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const { code, errors } = (await answer.json()) as { code: string; errors: { path: string }[] };
    expect(code).toBe('invalid_input');
    expect(errors.map(({ path }) => path)).toEqual(['email', 'password']);
  });
});
