import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { makeVideos } from '../chaos/videos.ts';
import { submitMany } from '../testing/crowd.ts';
import { sized } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { victims } from '../testing/servers.ts';
import { jobRow } from '../testing/stored.ts';

const functions = ['convert', 'upload', 'notify', 'notify-failure', 'sweep', 'jobs'];
const times = sized(2, 6);
const everySeconds = sized(10, 20);
const seconds = (times + 1) * everySeconds;
const jobs = seconds;

/** Replaces all functions at once, again and again. */
async function redeployAll(): Promise<void> {
  const replaced = victims();
  for (let time = 0; time < times; time += 1) {
    await sleep(everySeconds * 1_000);
    await Promise.all(functions.map((name) => replaced.redeploy(name)));
  }
}

describe('a service under load', () => {
  test(
    'S7: is replaced again and again: nothing fails, and no attempt is used',
    async () => {
      const [first, ...others] = await makeVideos();
      const good = others.filter(({ ends }) => !('code' in ends));
      const load = submitMany({ jobs, seconds, videos: [first, ...good] });
      const [{ accepted }] = await Promise.all([load, redeployAll()]);
      await everyPromiseHolds(accepted, { withinSeconds: 90 + jobs });

      const rows = await Promise.all(accepted.map(({ jobId }) => jobRow(jobId)));
      const used = rows.map(({ history }) => history.at(-1));
      expect(accepted).toHaveLength(jobs);
      expect(used.filter((last) => last?.step !== 'publish' || last.attempt !== 1)).toEqual([]);
      const given = rows.filter(({ history }) => history.some(({ step }) => step === 'give_back'));
      console.log(`S7: ${jobs} jobs, ${times} times replaced, ${given.length} given back and done`);
    },
    (seconds + jobs + 300) * 1_000,
  );
});
