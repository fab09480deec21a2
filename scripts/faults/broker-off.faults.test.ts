import { afterEach, describe, test } from '@jest/globals';
import { settle } from '../chaos/settle.ts';
import { submitMany } from '../testing/crowd.ts';
import { sized } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { service } from '../testing/service.ts';

const jobs = sized(30, 1_000);
const seconds = sized(10, 600);
const settleSeconds = 120 + jobs;

afterEach(heal);

describe('a service without its broker', () => {
  test(
    'S2: RabbitMQ is off for the whole run: every job comes to its right end by sweep',
    async () => {
      await treat('rabbitmq', { kind: 'refuse' });
      const { accepted } = await submitMany({ jobs, seconds });
      await settle(service, settleSeconds, () => undefined);
      await everyPromiseHolds(accepted);
    },
    (seconds + settleSeconds + 240) * 1_000,
  );
});
