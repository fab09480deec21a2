import { describe, expect, test } from '@jest/globals';
import { mediaFile } from '../../scripts/testing/media.ts';
import { newPerson } from '../../scripts/testing/service.ts';

const ways = [
  ['GET', 'jobs/{id}'],
  ['GET', 'jobs/{id}/timeline'],
  ['GET', 'jobs/{id}/events'],
  ['POST', 'jobs/{id}/cancel'],
  ['POST', 'jobs/{id}/retry'],
  ['DELETE', 'jobs/{id}'],
  ['GET', 'download/{id}'],
  ['HEAD', 'download/{id}'],
] as const;

describe("another person's job", () => {
  test('is as absent everywhere as one that never was (security 31)', async () => {
    const owner = await newPerson();
    const { id } = await owner.client.upload(await mediaFile('sound.m4a'));
    await owner.client.watch(id);
    const other = await newPerson();

    for (const [method, path] of ways) {
      const seen = await Promise.all(
        [id, '01890000-0000-7000-8000-000000000000', 'no-id'].map(async (one) => {
          const answer = await other.client.call(path.replace('{id}', one), { method });
          const text = await answer.text();
          return { status: answer.status, text: text.replace(/"requestId":"[^"]*"/, '') };
        }),
      );
      expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
      expect(seen[0]?.status).toBe(404);
    }
    expect((await owner.client.job(id)).state).toBe('done');
  });

  test('is not listed', async () => {
    const { client } = await newPerson();
    expect(await (await client.call('jobs')).json()).toEqual({ jobs: [], next: null });
  });
});
