import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AcceptedVideo, uploadAs } from '../testing/accepted.ts';
import { largeMp3 } from '../testing/media.ts';
import { figureOf, redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, functionUrl } from '../testing/service.ts';

const minutes = 15;
let accepted: AcceptedVideo;
beforeAll(async () => {
  await redeploy('download', { V2M_STALL_SECONDS: '3' });
  accepted = await uploadAs(await largeMp3(minutes), { soundSeconds: 60 * minutes });
  await accepted.person.client.watch(accepted.jobId);
}, 240_000);
afterAll(() => redeploy('download'));

/** The head of a download; nobody reads its body yet. */
async function startDownload(): Promise<IncomingMessage> {
  const { jobId, person } = accepted;
  const { authorization } = person;
  const asking = request(functionUrl(`download/${jobId}`), { headers: { authorization } }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return answer;
}

/** Downloads that the function serves, without the request that asks for this. */
async function downloadsUnderWay(): Promise<number> {
  return (await figureOf('download', 'v2m_requests_in_flight')) - 1;
}

async function noneUnderWay(): Promise<void> {
  await eventually('the download to be over', async () =>
    (await downloadsUnderWay()) === 0 ? true : undefined,
  );
}

/** Reads so many bytes at most, then rests, until the end. How many there were. */
async function readSlowly(answer: IncomingMessage, atOnce: number, restMs: number) {
  let bytes = 0;
  let untilRest = atOnce;
  try {
    for await (const piece of answer) {
      const { length } = piece as Buffer;
      bytes += length;
      untilRest -= length;
      if (untilRest > 0) continue;
      untilRest = atOnce;
      await sleep(restMs);
    }
  } catch {
    // Cut off: the caller looks at how much there was.
  }
  return bytes;
}

describe('a download', () => {
  test('row 39: whose client stalls is cut off, visibly, and nothing is held for it', async () => {
    const answer = await startDownload();
    expect(await downloadsUnderWay()).toBe(1);

    await noneUnderWay();

    const length = Number(answer.headers['content-length']);
    expect(await readSlowly(answer, Infinity, 0)).toBeLessThan(length);
    expect(answer.complete).toBe(false);
    await everyPromiseHolds([accepted]);
  });

  test('row 39: whose client is slow is whole', async () => {
    const answer = await startDownload();

    const bytes = await readSlowly(answer, 5e6, 1_000);

    expect(bytes).toBe(Number(answer.headers['content-length']));
    expect(answer.complete).toBe(true);
    await noneUnderWay();
  });
});
