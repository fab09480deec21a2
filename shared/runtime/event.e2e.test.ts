import { describe, expect, test } from '@jest/globals';
import { functionUrl, newPerson } from '../../scripts/testing/service.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import { jobRow } from '../../scripts/testing/stored.ts';

const bell = {
  v: 1,
  type: 'video_uploaded',
  jobId: '01890000-0000-7000-8000-000000000000',
};
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'none', typ: 'event+jws' };

describe.each(['convert', 'notify', 'notify-failure'])('%s', (name) => {
  test.each([
    ['nothing', ''],
    ['a bell that nobody signed', `${encoded(header)}.${encoded(bell)}.`],
    ['plain JSON', JSON.stringify(bell)],
  ])('refuses %s after a second (security 33, 34)', async (_, body) => {
    const startedAt = performance.now();
    const headers = { 'content-type': 'application/jose' };
    const answer = await fetch(functionUrl(name), { method: 'POST', headers, body });
    expect(answer.status).toBe(401);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  test('refuses it also behind another path', async () => {
    const init = { method: 'POST', body: JSON.stringify(bell) };
    expect((await fetch(functionUrl(`${name}/any/where`), init)).ok).toBe(false);
  });

  test('refuses the access token of a person', async () => {
    const { authorization } = await newPerson();
    const body = authorization.replace('Bearer ', '');
    const answer = await fetch(functionUrl(name), { method: 'POST', body });
    expect(answer.status).toBe(401);
  });
});

describe('sweep', () => {
  test('may be called by anybody as often as they like, and harms nothing', async () => {
    const { client } = await newPerson();
    const { id } = await client.upload(await mediaFile('sound.m4a'));
    const calls = Array.from({ length: 20 }, () =>
      fetch(functionUrl('sweep'), { method: 'POST', body: JSON.stringify(bell) }),
    );
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const swept = await Promise.all(answers.map((answer) => answer.json()));
    expect(swept.filter((one) => (one as { swept: boolean }).swept).length).toBeLessThanOrEqual(1);

    expect(await client.watch(id)).toMatchObject({ state: 'done', attempt: 1 });
    const { history } = await jobRow(id);
    expect(history.map(({ step }) => step)).toEqual(['accept', 'claim', 'publish']);
  });
});
