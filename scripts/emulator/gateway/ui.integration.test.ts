import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { basicAuthorization } from './basic-auth.ts';
import { credentials, startTestEmulator, type TestEmulator } from '../testing/test-emulator.ts';

let emulator: TestEmulator;
const authorization = basicAuthorization(credentials);
const get = (
  path: string,
  headers: Record<string, string> = { authorization },
): Promise<Response> => fetch(`${emulator.gatewayUrl}${path}`, { headers, redirect: 'manual' });

beforeAll(async () => {
  emulator = await startTestEmulator();
});
afterAll(() => emulator.close());

describe('the page', () => {
  test('is where / leads to', async () => {
    const answer = await get('/', {});
    expect([answer.status, answer.headers.get('location')]).toEqual([307, '/ui/']);
  });

  test.each(['/ui/', '/ui/ui.js', '/ui/nothing'])('%s asks for credentials', async (path) => {
    const answer = await get(path, {});
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="Restricted"',
    ]);
  });

  test.each([
    ['/ui/', 200],
    ['/ui', 404],
    ['/ui/nothing', 404],
    ['/ui/..%2fui.ts', 301],
  ])('%s is %i', async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  test('takes no POST', async () => {
    const url = `${emulator.gatewayUrl}/ui/`;
    expect((await fetch(url, { method: 'POST', headers: { authorization } })).status).toBe(405);
  });

  test('loads nothing but its own files, and every one of them is there', async () => {
    const answer = await get('/ui/');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none';/u);
    const page = await answer.text();
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/gu)].map(([, file]) => file ?? '');
    expect(files).toEqual(['/ui/ui.css', '/ui/ui.js']);
    expect(page).not.toMatch(/<style|<script>|\son[a-z]+=/u);
    for (const file of files) expect((await get(file)).status).toBe(200);
  });

  test('has every element its script asks for', async () => {
    const [page, script] = await Promise.all(
      ['/ui/', '/ui/ui.js'].map(async (path) => (await get(path)).text()),
    );
    const asked = [...(script ?? '').matchAll(/byId\('([a-z]+)'\)/gu)].map(([, id]) => id ?? '');
    for (const id of asked) expect(page).toContain(`id="${id}"`);
    expect(asked.length).toBeGreaterThan(5);
  });
});
