import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { Health } from '#shared/contracts/health';
import { newAdmin } from '../../scripts/testing/admin.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import { functionUrl, newPerson, onlyMailTo } from '../../scripts/testing/service.ts';

describe('GET jobs/health', () => {
  test('shows an admin, made by the command, how the service is', async () => {
    const { client } = await newAdmin();

    const answer = await client.call('jobs/health');

    expect(answer.status).toBe(200);
    const { status, ailments } = v.parse(Health, await answer.json());
    expect(status).toBe(ailments.length === 0 ? 'ok' : 'degraded');
  });

  test('tells nobody else', async () => {
    const { client } = await newPerson();
    expect((await client.call('jobs/health')).status).toBe(403);
    expect((await fetch(functionUrl('jobs/health'))).status).toBe(401);
  });
});

describe('GET jobs/{id}/timeline', () => {
  test('tells the whole way of a video to its mail, under one request id', async () => {
    const { client, email } = await newPerson();
    const { id } = await client.upload(await mediaFile('sound.m4a'));
    await client.watch(id);
    const mail = await onlyMailTo(email);

    const { requestId, entries } = await client.timeline(id);

    const events = entries.map(({ event }) => event);
    expect(
      events.filter((event) => !event.startsWith('bell') && !event.startsWith('mail')),
    ).toEqual(['upload_began', 'uploaded', 'attempt_began', 'done']);
    const times = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted());
    expect(mail.text).toContain(`Request: ${requestId ?? 'none'}`);
  });
});

describe('GET _/metrics', () => {
  test.each(['jobs', 'convert', 'sweep'])('is not there through the gateway: %s', async (name) => {
    const answer = await fetch(functionUrl(`${name}/_/metrics`));
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('v2m_');
  });
});
