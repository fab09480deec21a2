import { request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { uploadShort } from '../testing/accepted.ts';
import { redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, functionUrl, newPerson, type Person } from '../testing/service.ts';

const half = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'), Buffer.alloc(1e6)]);

/** An upload of which half is sent, and then nothing; resolves once its job is there. */
async function startUpload(person: Person) {
  const sending = request(functionUrl('upload?name=half.mp4'), {
    method: 'PUT',
    headers: { authorization: person.authorization },
  });
  const answered = new Promise<number | string>((resolve) => {
    sending.on('response', ({ statusCode }) => resolve(statusCode ?? 0));
    sending.on('error', ({ message }) => resolve(message));
  });
  sending.write(half);
  await eventually('the job', async () => ((await newest(person)) ? true : undefined));
  return { sending, answered };
}

async function newest({ client }: Person) {
  const { jobs } = (await (await client.call('jobs')).json()) as {
    jobs: { state: string; error: { code: string } | null }[];
  };
  return jobs[0];
}

/** The upload is over, its job says why, and (I6) no byte of it is left. */
async function isAborted(person: Person, code: string): Promise<void> {
  await eventually('an aborted job', async () =>
    (await newest(person))?.state === 'aborted' ? true : undefined,
  );
  expect((await newest(person))?.error?.code).toBe(code);
  await everyPromiseHolds([]);
}

describe('a client', () => {
  test('row 21: is gone in the middle of an upload', async () => {
    const person = await newPerson();
    const { sending } = await startUpload(person);
    sending.destroy();
    await isAborted(person, 'upload_incomplete');
  });

  test('row 22: falls silent in the middle of an upload', async () => {
    const person = await newPerson();
    const { answered } = await startUpload(person);
    expect(await answered).toBe(408);
    await isAborted(person, 'upload_timeout');
  });

  test('row 24: uploads for longer than the gateway allows', async () => {
    await redeploy('upload', { exec_timeout: '3s', read_timeout: '3s', write_timeout: '3s' });
    const person = await newPerson();
    const { answered } = await startUpload(person);
    expect([408, 500, 502, 504, 'socket hang up', 'read ECONNRESET']).toContain(await answered);
    await isAborted(person, 'upload_incomplete');
    await redeploy('upload');
    await everyPromiseHolds([await uploadShort()]);
  });
});
