import { describe, expect, test } from '@jest/globals';
import { post } from '../../scripts/client/request.ts';
import { longFile, mediaFile } from '../../scripts/testing/media.ts';
import { functionUrl, newPerson, onlyMailTo, sweepNow } from '../../scripts/testing/service.ts';
import { chunkCount, jobRow, storedFiles } from '../../scripts/testing/stored.ts';

const json = { 'content-type': 'application/json' };

describe('deleting an account', () => {
  test('erases the person: no login, no jobs, no bytes', async () => {
    const { email, password, client } = await newPerson();
    const { id: owner } = (await (await client.call('account')).json()) as { id: string };
    const { id } = await client.upload(await mediaFile('index-last.mp4'));
    await client.watch(id);
    await onlyMailTo(email);
    const { sourceFileId, outputFileId } = await jobRow(id);
    const running = await client.upload(await longFile(5));
    expect(await storedFiles({ owner })).toEqual({ videos: 2, mp3s: 1 });

    const body = JSON.stringify({ password });
    const answer = await client.call('account', { method: 'DELETE', headers: json, body });

    expect(answer.status).toBe(204);
    expect((await fetch(functionUrl('login'), post({ email, password }))).status).toBe(401);
    expect((await client.call('account')).status).toBe(401);
    for (const path of [`jobs/${id}`, `jobs/${running.id}`, `download/${id}`]) {
      expect((await client.call(path)).status).toBe(404);
    }
    expect(await (await client.call('jobs')).json()).toEqual({ jobs: [], next: null });
    await sweepNow();
    expect(await storedFiles({ owner })).toEqual({ videos: 0, mp3s: 0 });
    expect(await chunkCount('videos', sourceFileId)).toBe(0);
    expect(await chunkCount('mp3s', outputFileId ?? '')).toBe(0);
  });

  test('asks for the password: a stolen token is not enough', async () => {
    const { email, password, client } = await newPerson();
    const body = JSON.stringify({ password: 'a wrong password of nobody' });
    const answer = await client.call('account', { method: 'DELETE', headers: json, body });
    expect(answer.status).toBe(403);
    expect((await fetch(functionUrl('login'), post({ email, password }))).status).toBe(200);
  });
});

describe('changing the password', () => {
  test('lets the new one in and the old one no more', async () => {
    const { email, password, client } = await newPerson();
    const newPassword = `another ${password}`;
    const body = JSON.stringify({ currentPassword: password, newPassword });
    const answer = await client.call('account/password', { method: 'POST', headers: json, body });
    expect(answer.status).toBe(204);
    expect((await fetch(functionUrl('login'), post({ email, password }))).status).toBe(401);
    const again = post({ email, password: newPassword });
    expect((await fetch(functionUrl('login'), again)).status).toBe(200);
  });
});
