import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { TokenResponse } from '#shared/contracts/accounts';
import { post } from '../../scripts/client/request.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import {
  eventually,
  functionUrl,
  newPerson,
  onlyMailTo,
  service,
} from '../../scripts/testing/service.ts';

/** What may stand in no log, by what it is. */
const canaries: Record<string, string> = {};
const requestId = randomUUID();

/** Sends each kind of secret on each way on which it may be logged, right and wrong. */
beforeAll(async () => {
  const { email, password, authorization, client } = await newPerson();
  canaries['the password'] = password;
  canaries['the access token'] = authorization.replace('Bearer ', '');
  canaries['a wrong password'] = `wrong ${randomUUID()}`;
  await fetch(functionUrl('login'), post({ email, password: canaries['a wrong password'] }));
  await fetch(functionUrl('register'), post({ email: 'no address', password }));
  const tokens = await fetch(functionUrl('login'), post({ email, password }));
  const { refresh_token } = v.parse(TokenResponse, await tokens.json());
  canaries['the refresh token'] = refresh_token;
  for (const path of ['login/refresh', 'login/refresh', 'login/logout']) {
    await fetch(functionUrl(path), post({ refresh_token }));
  }
  canaries['a token that does not hold'] = `forged-${randomUUID()}`;
  for (const name of ['jobs', 'upload', 'convert', 'verify-token', 'login', 'sweep']) {
    const value = canaries['a token that does not hold'];
    const headers = { authorization: `Bearer ${value}`, cookie: `session=${value}` };
    await fetch(functionUrl(name), { method: 'POST', headers, body: `{"token": "${value}"` });
  }
  const { id } = await client.upload(await mediaFile('no-sound.mp4'));
  await client.watch(id);
  await onlyMailTo(email);
  await fetch(functionUrl('account'), { headers: { authorization, 'x-call-id': requestId } });
});

/** The secrets of the service. A short one was given with an outside server, or reads `none`. */
function ownSecrets(): (readonly [name: string, value: string])[] {
  const paths = ['passwords/*', 'secrets/gateway-password', 'secrets/functions/*'];
  return globSync(paths, { cwd: service.root }).flatMap((file) => {
    const text = readFileSync(join(service.root, file), 'utf8').trim();
    const values = text.startsWith('{') ? privateParts(text) : [text];
    return values.filter((value) => value.length >= 16).map((value) => [file, value] as const);
  });
}

function privateParts(keySet: string): string[] {
  return [...keySet.matchAll(/"d": ?"([^"]+)"/g)].flatMap(([, part]) => part ?? []);
}

/** Everything that functions, emulator and servers have logged. */
function readLogs(): string {
  const files = globSync(['log/*.log', 'emulator/log/*.log'], { cwd: service.root });
  return files.map((file) => readFileSync(join(service.root, file), 'utf8')).join('\n');
}

describe('the logs of a whole run', () => {
  test('hold the requests, by their ids', async () => {
    await eventually('the last request', () =>
      Promise.resolve(readLogs().includes(requestId) ? true : undefined),
    );
  });

  test('hold nothing secret that a person sent (security 65)', () => {
    const logs = readLogs();
    expect(Object.keys(canaries)).toHaveLength(5);
    expect(Object.entries(canaries).filter(([, value]) => logs.includes(value))).toEqual([]);
  });

  test('hold no secret of the service itself (security 65)', () => {
    const logs = readLogs();
    const secrets = ownSecrets();
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter(([, value]) => logs.includes(value)).map(([name]) => name)).toEqual([]);
  });

  test.each([
    ['a token', /eyJ[\w-]{10,}\.[\w-]{10,}/],
    ['HTTP credentials', /\b(Basic|Bearer) [\w+/=.-]{8,}/],
    ['a password hash', /\$argon2id\$/],
    ['a private key', /"d": ?"[\w-]{20,}"/],
  ])('hold nothing that looks like %s', (_, pattern) => {
    expect(pattern.exec(readLogs())?.[0].slice(0, 40)).toBeUndefined();
  });
});
