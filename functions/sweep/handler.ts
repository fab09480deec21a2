import { createEventSigner } from '#shared/adapters/crypto/events';
import { createGatewayPublisher } from '#shared/adapters/gateway/publisher';
import { createFileStore } from '#shared/adapters/gridfs/file-store';
import { createJobUpkeep } from '#shared/adapters/postgres/job-upkeep';
import { createOutbox } from '#shared/adapters/postgres/outbox';
import { createPool } from '#shared/adapters/postgres/pool';
import { createPublisher } from '#shared/adapters/rabbitmq/publisher';
import {
  address,
  filesDatabase,
  serverPassword,
  servers,
  text,
  whole,
} from '#shared/contracts/settings';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { json } from '#shared/runtime/http/answer';
import { log } from '#shared/runtime/log';
import { createCounter } from '#shared/runtime/metrics/metric';
import { once } from '#shared/runtime/once';
import { sweep } from './sweep.ts';
import { createSweeper } from './sweeper.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_MONGODB_URI: servers.V2M_MONGODB_URI,
    V2M_AMQP_URL: servers.V2M_AMQP_URL,
    V2M_GATEWAY_URL: address('http', 'https'),
    V2M_UPLOAD_SECONDS: whole(7_200),
    V2M_SWEEP_PAUSE_SECONDS: whole(3, 0),
  },
  secrets: {
    'postgres-password': serverPassword,
    'mongodb-password': serverPassword,
    'amqp-password': serverPassword,
    'event-private-keys': text,
  },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 3,
    applicationName: 'sweep',
  });
  const files = createFileStore({
    uri: settings.V2M_MONGODB_URI,
    password: secrets['mongodb-password'],
    database: filesDatabase,
  });
  const broker = createPublisher({
    url: settings.V2M_AMQP_URL,
    password: secrets['amqp-password'],
  });
  const gateway = createGatewayPublisher({
    url: settings.V2M_GATEWAY_URL,
    functions: {
      video_uploaded: 'convert',
      conversion_completed: 'notify',
      conversion_failed: 'notify-failure',
    },
  });
  const run = sweep({
    upkeep: createJobUpkeep(pool),
    outbox: createOutbox(pool),
    files,
    signer: createEventSigner({ privateKeys: secrets['event-private-keys'] }),
    broker,
    gateway,
    uploadSeconds: settings.V2M_UPLOAD_SECONDS,
    log,
  });
  const steps = createCounter({
    name: 'v2m_sweep_steps_total',
    help: 'What sweeps did by step, and how often a step failed.',
  });
  const counted = async (signal: AbortSignal) => {
    for (const [step, count] of Object.entries(await run(signal))) {
      if (count < 0) steps.add({ step, outcome: 'failed' });
      else steps.add({ step, outcome: 'done' }, count);
    }
  };
  const sweeper = createSweeper(counted, () => performance.now(), settings.V2M_SWEEP_PAUSE_SECONDS);
  return Promise.resolve({
    sweeper,
    metrics: () => Promise.resolve([steps]),
    close: async () => {
      await sweeper.stop();
      await Promise.all([broker.close(), files.close(), pool.end()]);
    },
  });
});

export const handler = httpFunction(deps, [
  {
    // The cron connector sends nothing and reads nothing.
    method: 'POST',
    path: '/',
    handle: async (_exchange, { sweeper }) => json(200, { swept: await sweeper.start() }),
  },
]);
