import { createAccessTokenVerifier } from '#shared/adapters/crypto/access-tokens';
import { createEventSigner } from '#shared/adapters/crypto/events';
import { createJobChanges } from '#shared/adapters/postgres/job-changes';
import { createJobOutlooks } from '#shared/adapters/postgres/job-outlooks';
import { createJobShelf } from '#shared/adapters/postgres/job-shelf';
import { createJobTraces } from '#shared/adapters/postgres/job-traces';
import { createJobUpkeep } from '#shared/adapters/postgres/job-upkeep';
import { createOutbox } from '#shared/adapters/postgres/outbox';
import { createPool } from '#shared/adapters/postgres/pool';
import { createVitals } from '#shared/adapters/postgres/vitals';
import { createPublisher } from '#shared/adapters/rabbitmq/publisher';
import { JobListQuery } from '#shared/contracts/jobs';
import { serverPassword, servers, text, tokenSettings } from '#shared/contracts/settings';
import { ringBells } from '#shared/core/bell';
import { judge } from '#shared/core/health';
import { smallSweep } from '#shared/core/small-sweep';
import { createBackground } from '#shared/runtime/background';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { empty, json, stream } from '#shared/runtime/http/answer';
import { loggedIn, only } from '#shared/runtime/http/auth';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { eventStream, eventStreamHeaders } from './event-stream.ts';
import { healthGauges } from './health-gauges.ts';
import { listJobs } from './list-jobs.ts';
import { showTimeline } from './show-timeline.ts';
import { cancelJob, deleteJob, retryJob, showJob } from './steer-job.ts';
import { watchJob, watchTimes } from './watch-job.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_AMQP_URL: servers.V2M_AMQP_URL,
    ...tokenSettings,
  },
  secrets: {
    'postgres-password': serverPassword,
    'amqp-password': serverPassword,
    'access-token-public-keys': text,
    'event-private-keys': text,
  },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const postgres = {
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    applicationName: 'jobs',
  };
  const pool = createPool({ ...postgres, max: 10 });
  const vitals = createVitals(pool);
  const changes = createJobChanges(postgres, log);
  const publisher = createPublisher({
    url: settings.V2M_AMQP_URL,
    password: secrets['amqp-password'],
  });
  const signer = createEventSigner({ privateKeys: secrets['event-private-keys'] });
  const ring = ringBells({ signer, publisher, outbox: createOutbox(pool), log });
  const background = createBackground();
  const sweepSmall = smallSweep({
    ...{ upkeep: createJobUpkeep(pool), ring, signer, publisher, log },
    now: () => performance.now(),
  });
  return Promise.resolve({
    accessTokens: createAccessTokenVerifier({
      issuer: settings.V2M_TOKEN_ISSUER,
      audience: settings.V2M_TOKEN_AUDIENCE,
      publicKeys: secrets['access-token-public-keys'],
    }),
    shelf: createJobShelf(pool),
    traces: createJobTraces(pool),
    vitals,
    metrics: async () => healthGauges(judge(await vitals.read())),
    outlooks: createJobOutlooks(pool),
    changes,
    times: watchTimes,
    ring,
    hurry: () => background.run(sweepSmall),
    inBackground: background.run,
    async close() {
      await background.settled();
      await Promise.all([publisher.close(), changes.end(), pool.end()]);
    },
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'GET',
    path: '/',
    handle: loggedIn(async (exchange, deps, { userId }) =>
      json(200, await listJobs(deps)(userId, exchange.query(JobListQuery))),
    ),
  },
  {
    method: 'GET',
    path: '/health',
    handle: only('admin', async (_exchange, { vitals }) => json(200, judge(await vitals.read()))),
  },
  {
    method: 'GET',
    path: '/{id}',
    handle: loggedIn(async ({ params }, deps, { userId }) =>
      json(200, await showJob(deps)(userId, params['id'] ?? '')),
    ),
  },
  {
    method: 'GET',
    path: '/{id}/timeline',
    handle: loggedIn(async ({ params }, deps, { userId }) =>
      json(200, await showTimeline(deps)(userId, params['id'] ?? '')),
    ),
  },
  {
    method: 'GET',
    path: '/{id}/events',
    handle: loggedIn(async ({ params, signal, stopping }, deps, { userId }) => {
      const over = AbortSignal.any([signal, stopping]);
      const notices = await watchJob(deps)(userId, params['id'] ?? '', over);
      return stream(200, eventStream(notices), eventStreamHeaders);
    }),
  },
  {
    method: 'POST',
    path: '/{id}/cancel',
    handle: loggedIn(async ({ params }, deps, { userId }) =>
      json(200, await cancelJob(deps)(userId, params['id'] ?? '')),
    ),
  },
  {
    method: 'POST',
    path: '/{id}/retry',
    handle: loggedIn(async ({ params, requestId }, deps, { userId }) =>
      json(202, await retryJob(deps)(userId, params['id'] ?? '', requestId)),
    ),
  },
  {
    method: 'DELETE',
    path: '/{id}',
    handle: loggedIn(async ({ params }, deps, { userId }) => {
      await deleteJob(deps)(userId, params['id'] ?? '');
      return empty();
    }),
  },
]);
