import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { httpFunction } from '#shared/runtime/http';
import { stream } from '#shared/runtime/http/answer';
import { loggedIn } from '#shared/runtime/http/auth';
import { once } from '#shared/runtime/once';
import { type ServedFunction, serveFunction } from '#shared/testing/serve-function';
import { createFakeStore } from '#shared/testing/store.fake';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { eventStream, eventStreamHeaders } from './event-stream.ts';
import { watchJob } from './watch-job.ts';

const ada = '0190a8f0-0000-7000-8000-00000000000a';
const id = '0190a8f0-0000-7000-8000-000000000001';
const accessTokens = createFakeAccessTokens();
const store = () => createFakeStore();

let truth: ReturnType<typeof store>;
let listening: number;
let served: ServedFunction;

beforeEach(async () => {
  truth = store();
  listening = 0;
  await truth.users.create({ id: ada, email: 'a', emailKey: 'a', passwordHash: 'x' });
  await truth.jobIntake.open({
    id,
    ownerId: ada,
    sourceFileId: '1'.repeat(24),
    sourceName: 'clip.mp4',
    options: { bitrate: 192 },
    leaseSeconds: 60,
    maxActive: 3,
  });
  const changes = {
    subscribe: async (jobId: string, onChange: () => void) => {
      const unsubscribe = await truth.jobChanges.subscribe(jobId, onChange);
      listening += 1;
      return () => {
        listening -= 1;
        unsubscribe();
      };
    },
  };
  const deps = {
    accessTokens,
    shelf: truth.jobShelf,
    outlooks: truth.jobOutlooks,
    hurry: () => undefined,
    changes,
    times: { pauseMs: 5, beatMs: 50, longestMs: 5_000 },
    close: () => Promise.resolve(),
  };
  served = await serveFunction(
    httpFunction(
      once(() => Promise.resolve(deps)),
      [
        {
          method: 'GET',
          path: '/{id}/events',
          handle: loggedIn(async ({ params, signal }, deps, { userId }) => {
            const notices = await watchJob(deps)(userId, params['id'] ?? '', signal);
            return stream(200, eventStream(notices), eventStreamHeaders);
          }),
        },
      ],
    ),
  );
});
afterEach(() => served.close());

async function watch(jobId = id, init: RequestInit = {}) {
  const { token } = await accessTokens.sign({ userId: ada, roles: ['user'] });
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  return fetch(`${served.url}/${jobId}/events`, { ...init, headers });
}

describe('GET jobs/{id}/events', () => {
  test('streams the state, each change as it comes, and ends with the job', async () => {
    const response = await watch();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece as Uint8Array);
      if (text.includes('"uploading"')) {
        await truth.jobIntake.abort(id, { code: 'not_media', message: 'No video.' });
      }
    }
    const states = [...text.matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
    expect(states).toEqual(['uploading', 'aborted']);
    expect(listening).toBe(0);
  });

  test('listens no more when the client is gone', async () => {
    const client = new AbortController();
    const response = await watch(id, { signal: client.signal });
    await response.body?.getReader().read();
    for (let n = 0; n < 100 && listening === 0; n += 1) await sleep(5);
    expect(listening).toBe(1);
    client.abort();
    for (let n = 0; n < 100 && listening > 0; n += 1) await sleep(5);
    expect(listening).toBe(0);
  });

  test('answers 404 as a problem, not as a stream (31)', async () => {
    const response = await watch('0190a8f0-0000-7000-8000-0000000000ff');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});
