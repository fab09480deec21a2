import { readMultipart } from '#shared/adapters/busboy/multipart';
import { createAccessTokenVerifier } from '#shared/adapters/crypto/access-tokens';
import { createEventSigner } from '#shared/adapters/crypto/events';
import { newId } from '#shared/adapters/crypto/ids';
import { createFileStore } from '#shared/adapters/gridfs/file-store';
import { createIdempotencyKeys } from '#shared/adapters/postgres/idempotency-keys';
import { createJobIntake } from '#shared/adapters/postgres/job-intake';
import { createJobShelf } from '#shared/adapters/postgres/job-shelf';
import { createOutbox } from '#shared/adapters/postgres/outbox';
import { createPool } from '#shared/adapters/postgres/pool';
import { createRateLimiter } from '#shared/adapters/postgres/rate-limiter';
import { createPublisher } from '#shared/adapters/rabbitmq/publisher';
import { ConversionOptions } from '#shared/contracts/options';
import {
  filesDatabase,
  maxSoundSeconds,
  serverPassword,
  servers,
  text,
  tokenSettings,
  whole,
} from '#shared/contracts/settings';
import { UploadQuery } from '#shared/contracts/upload';
import { ringBells } from '#shared/core/bell';
import { createBackground } from '#shared/runtime/background';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { json } from '#shared/runtime/http/answer';
import { loggedIn } from '#shared/runtime/http/auth';
import { validate } from '#shared/runtime/http/body';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { uploadBody, uploadForm } from './endpoints.ts';
import { createSlots } from './slots.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_MONGODB_URI: servers.V2M_MONGODB_URI,
    V2M_AMQP_URL: servers.V2M_AMQP_URL,
    ...tokenSettings,
    V2M_MAX_UPLOAD_BYTES: whole(10 * 1024 ** 3),
    V2M_MAX_SOUND_SECONDS: maxSoundSeconds,
    V2M_UPLOAD_SECONDS: whole(7_200),
    V2M_UPLOADS_AT_ONCE: whole(64),
    V2M_UPLOADS_PER_HOUR: whole(300),
    V2M_MAX_ACTIVE_JOBS: whole(100),
  },
  secrets: {
    'postgres-password': serverPassword,
    'mongodb-password': serverPassword,
    'amqp-password': serverPassword,
    'access-token-public-keys': text,
    'event-private-keys': text,
  },
};

const deps = once(async () => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 10,
    applicationName: 'upload',
  });
  const files = createFileStore({
    uri: settings.V2M_MONGODB_URI,
    password: secrets['mongodb-password'],
    database: filesDatabase,
  });
  const publisher = createPublisher({
    url: settings.V2M_AMQP_URL,
    password: secrets['amqp-password'],
  });
  const signer = createEventSigner({ privateKeys: secrets['event-private-keys'] });
  const background = createBackground();
  const hourly = { name: 'upload', points: settings.V2M_UPLOADS_PER_HOUR, seconds: 3_600 };
  await files.ready();
  return {
    accessTokens: createAccessTokenVerifier({
      issuer: settings.V2M_TOKEN_ISSUER,
      audience: settings.V2M_TOKEN_AUDIENCE,
      publicKeys: secrets['access-token-public-keys'],
    }),
    limiter: createRateLimiter(pool, hourly, log),
    slots: createSlots(settings.V2M_UPLOADS_AT_ONCE),
    limits: {
      maxBytes: settings.V2M_MAX_UPLOAD_BYTES,
      maxSeconds: settings.V2M_MAX_SOUND_SECONDS,
      uploadSeconds: settings.V2M_UPLOAD_SECONDS,
      leaseSeconds: 120,
      maxActive: settings.V2M_MAX_ACTIVE_JOBS,
    },
    keys: createIdempotencyKeys(pool),
    intake: createJobIntake(pool),
    shelf: createJobShelf(pool),
    files,
    ring: ringBells({ signer, publisher, outbox: createOutbox(pool), log }),
    inBackground: background.run,
    readMultipart,
    checkOptions: (fields: unknown) => validate(ConversionOptions, fields),
    newId,
    log,
    async close() {
      await background.settled();
      await Promise.all([publisher.close(), files.close(), pool.end()]);
    },
  };
});

export const handler = httpFunction(deps, [
  {
    method: 'POST',
    path: '/',
    handle: loggedIn(async (exchange, deps, { userId }) => {
      const job = await uploadForm(deps)(exchange, userId);
      return json(202, job, { location: `/function/jobs/${job.id}` });
    }),
  },
  {
    method: 'PUT',
    path: '/',
    handle: loggedIn(async (exchange, deps, { userId }) => {
      const job = await uploadBody(deps)(exchange, userId, exchange.query(UploadQuery));
      return json(202, job, { location: `/function/jobs/${job.id}` });
    }),
  },
]);
