import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { Health } from '#shared/contracts/health';
import { cpuSecondsOf } from '../stack/process-table.ts';
import { type AcceptedVideo, uploadShort } from '../testing/accepted.ts';
import { newAdmin } from '../testing/admin.ts';
import { ring } from '../testing/bells.ts';
import {
  cease,
  hasStruck,
  lookAtConnector,
  provoke,
  queuesAreEmpty,
  restartConnector,
  strikesOf,
  untilDeaf,
} from '../testing/connector.ts';
import { random, sized } from '../testing/fault-run.ts';
import { processesOf, redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, sweepNow, sweptUntilDone } from '../testing/service.ts';
import { letPass, stepsOf } from '../testing/stored.ts';
import { startBadGateway } from './bad-gateway.ts';

/** The sweep goes itself to whom nobody came for so long. */
const patienceSeconds = 30;
const forEver = 1_000_000;

afterEach(async () => {
  await restartConnector();
  await queuesAreEmpty();
}, 60_000);

async function uploads(count: number): Promise<AcceptedVideo[]> {
  const accepted: AcceptedVideo[] = [];
  while (accepted.length < count) accepted.push(await uploadShort());
  return accepted;
}

/** What the gateway answers, and the flaw by which the connector meets it. */
const refusals = [
  ['S2', 429],
  ['S5', 502],
] as const;

/** Starts to count; then how much of one processor these functions have had since. */
function watchCpu(names: readonly string[]) {
  const pids = names.flatMap(processesOf).map(({ pid }) => pid);
  const seconds = () => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const [before, startedAt] = [seconds(), performance.now()];
  return () => ({ share: ((seconds() - before) * 1_000) / (performance.now() - startedAt) });
}

/** One attempt each, and every promise kept. */
async function endInOneAttempt(
  accepted: readonly AcceptedVideo[],
  { answerSeconds = 1 } = {},
): Promise<void> {
  await everyPromiseHolds(accepted, { withinSeconds: sized(90, 900), answerSeconds });
  for (const { jobId } of accepted) {
    expect(await stepsOf(jobId)).toEqual(['accept', 'claim', 'publish']);
  }
}

/** Done and mailed with nobody but the sweep to knock. */
async function endBySweep(accepted: readonly AcceptedVideo[]): Promise<void> {
  await letPass(patienceSeconds);
  for (const { person, jobId } of accepted) await sweptUntilDone(person, jobId, 60_000);
  await letPass(patienceSeconds);
  await endInOneAttempt(accepted);
}

describe('the connector', () => {
  test('row 12: drops every bell: all jobs end by sweep (I11)', async () => {
    await provoke('L1', forEver);
    const accepted = await uploads(3);
    await endBySweep(accepted);
    // The bell of each video, and of each mail.
    expect(await strikesOf('L1')).toBeGreaterThanOrEqual(2 * accepted.length);
  });

  test('row 13: brings every bell fifty times, in any order', async () => {
    await provoke('T2', 1);
    await untilDeaf();
    const accepted = await uploads(sized(4, 300));
    const bells = accepted.flatMap(({ jobId }) =>
      (['video_uploaded', 'conversion_completed'] as const).flatMap((type) =>
        Array.from(
          { length: 50 },
          () => ({ bell: { v: 1, type, jobId }, place: random.share() }) as const,
        ),
      ),
    );
    await ring(bells.toSorted((one, other) => one.place - other.place).map(({ bell }) => bell));
    await restartConnector();
    await endInOneAttempt(accepted, { answerSeconds: 10 });
  }, 1_800_000);

  test('row 14: looks healthy and is deaf: seen within 2 min, jobs end by sweep', async () => {
    const admin = await newAdmin();
    await provoke('T2', 1);
    await untilDeaf();
    const { starts } = await lookAtConnector();
    const accepted = await uploads(1);
    // In full the time passes by itself.
    await letPass(sized(61, 0));
    await eventually(
      'somebody to see it',
      async () => {
        const health = v.parse(Health, await (await admin.client.call('jobs/health')).json());
        return health.ailments.includes('connector_silent') ? true : undefined;
      },
      sized(20_000, 120_000),
    );
    await endBySweep(accepted);
    expect(await lookAtConnector()).toMatchObject({ starts, consumed: [] });
  }, 240_000);

  test('row 15: meets 429 and 502 at the gateway: nothing of ours spins, and it recovers', async () => {
    const gateway = await startBadGateway();
    await redeploy('sweep', { V2M_GATEWAY_URL: gateway.url });
    const cpu = watchCpu(['convert', 'notify', 'upload', 'sweep']);
    await provoke('S2', forEver);
    const accepted = await uploads(2);
    let sweeps = 0;
    for (const [code, status] of refusals) {
      gateway.answer(status);
      await provoke(code, forEver);
      const until = performance.now() + sized(5_000, 30_000);
      for (; performance.now() < until; sweeps += 1) {
        await letPass(patienceSeconds);
        await sweepNow();
        await sleep(1_000);
      }
      expect(await strikesOf(code)).toBeGreaterThan(0);
      await cease(code);
    }
    expect(cpu().share).toBeLessThan(0.3);
    expect(gateway.calls()).toBeLessThanOrEqual(sweeps * accepted.length);

    await redeploy('sweep');
    await gateway.close();
    await endInOneAttempt(accepted);
  }, 300_000);

  test('row 16: repeats its POST while the peer closes: one attempt for each claim', async () => {
    await provoke('D6', 20);
    const accepted = await uploads(3);
    await hasStruck('D6');
    await endInOneAttempt(accepted);
  });
});
