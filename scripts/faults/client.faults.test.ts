import { describe, expect, test } from '@jest/globals';
import { uploadShort } from '../testing/accepted.ts';
import { redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, newPerson, type Person } from '../testing/service.ts';
import { beginUpload } from '../testing/uploads.ts';

const half = 1e6;

/** The upload is over, its job says why, and (I6) no byte of it is left. */
async function isAborted({ client }: Person, jobId: string, code: string): Promise<void> {
  const aborted = await eventually('an aborted job', async () => {
    const job = await client.job(jobId);
    return job.state === 'aborted' ? job : undefined;
  });
  expect(aborted.error?.code).toBe(code);
  await everyPromiseHolds([]);
}

describe('a client', () => {
  test('row 21: is gone in the middle of an upload', async () => {
    const person = await newPerson();
    const { sending, jobId } = await beginUpload(person, half);
    sending.destroy();
    await isAborted(person, jobId, 'upload_incomplete');
  });

  test('row 22: falls silent in the middle of an upload', async () => {
    const person = await newPerson();
    const { answered, jobId } = await beginUpload(person, half);
    expect(await answered).toMatchObject({ status: 408 });
    await isAborted(person, jobId, 'upload_timeout');
  });

  test('row 24: uploads for longer than the gateway allows', async () => {
    await redeploy('upload', { exec_timeout: '3s', read_timeout: '3s', write_timeout: '3s' });
    const person = await newPerson();
    const { answered, jobId } = await beginUpload(person, half);
    const { status, body } = await answered;
    expect([408, 500, 502, 504, 'socket hang up', 'read ECONNRESET']).toContain(status || body);
    await isAborted(person, jobId, 'upload_incomplete');
    await redeploy('upload');
    await everyPromiseHolds([await uploadShort()]);
  });
});
