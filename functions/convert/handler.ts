import { availableParallelism, hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { createEventSigner, createEventVerifier } from '#shared/adapters/crypto/events';
import { ffmpegUid } from '#shared/adapters/ffmpeg/containment';
import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import { createFileStore } from '#shared/adapters/gridfs/file-store';
import { createHearing } from '#shared/adapters/postgres/hearing';
import { createJobClaims } from '#shared/adapters/postgres/job-claims';
import { createJobUpkeep } from '#shared/adapters/postgres/job-upkeep';
import { createOutbox } from '#shared/adapters/postgres/outbox';
import { createPool } from '#shared/adapters/postgres/pool';
import { createPublisher } from '#shared/adapters/rabbitmq/publisher';
import {
  filesDatabase,
  maxSoundSeconds,
  serverPassword,
  servers,
  text,
  whole,
} from '#shared/contracts/settings';
import { ringBells } from '#shared/core/bell';
import { countedClaims } from '#shared/core/counted-claims';
import { smallSweep } from '#shared/core/small-sweep';
import { createBackground } from '#shared/runtime/background';
import { loadConfig } from '#shared/runtime/config';
import { eventFunction } from '#shared/runtime/event';
import { log } from '#shared/runtime/log';
import { createConversionMetrics } from '#shared/runtime/metrics/conversion-metrics';
import { once } from '#shared/runtime/once';
import { convertJob } from './convert-job.ts';
import { EncoderSlots } from './encoder-slots.ts';
import { Pump } from './pump.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_MONGODB_URI: servers.V2M_MONGODB_URI,
    V2M_AMQP_URL: servers.V2M_AMQP_URL,
    V2M_FFMPEG_PATH: text,
    V2M_FFPROBE_PATH: text,
    V2M_CONVERSIONS_AT_ONCE: whole(availableParallelism()),
    V2M_LEASE_SECONDS: whole(60),
    V2M_CHECKPOINT_SECONDS: whole(10),
    V2M_SEGMENTED_FROM_SECONDS: whole(180, 0),
    V2M_MAX_SOUND_SECONDS: maxSoundSeconds,
    V2M_CONVERSION_SECONDS: whole(3_600),
    V2M_FFMPEG_MEMORY_BYTES: whole(1024 ** 3),
    V2M_FFMPEG_UID: whole(ffmpegUid),
    V2M_DRAIN_SECONDS: whole(15, 0),
  },
  secrets: {
    'postgres-password': serverPassword,
    'mongodb-password': serverPassword,
    'amqp-password': serverPassword,
    'event-private-keys': text,
    'event-public-keys': text,
  },
};

const deps = once(async () => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: settings.V2M_CONVERSIONS_AT_ONCE + 2,
    applicationName: 'convert',
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
  const clock = {
    now: () => performance.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      sleep(ms, undefined, { ...(signal && { signal }) }),
  };
  const conversions = createConversionMetrics();
  const claims = countedClaims(createJobClaims(pool), conversions.tally, clock.now);
  // Side by side: the store and ffmpeg take longest to answer when the function starts.
  const [sources, transcoder] = await Promise.all([
    createSourceServer(),
    createTranscoder({
      ffmpegPath: settings.V2M_FFMPEG_PATH,
      ffprobePath: settings.V2M_FFPROBE_PATH,
      limits: {
        memoryBytes: settings.V2M_FFMPEG_MEMORY_BYTES,
        cpuSeconds: settings.V2M_CONVERSION_SECONDS,
        uid: settings.V2M_FFMPEG_UID,
      },
      log,
    }),
    files.ready(),
  ]);
  const ring = ringBells({ signer, publisher, outbox: createOutbox(pool), log });
  const background = createBackground();
  const sweepSmall = smallSweep({
    ...{ upkeep: createJobUpkeep(pool), ring, signer, publisher, log },
    now: clock.now,
  });
  const convert = convertJob({
    claims,
    files,
    sources,
    transcoder,
    slots: new EncoderSlots(availableParallelism()),
    ring,
    clock,
    random: Math.random,
    limits: {
      leaseSeconds: settings.V2M_LEASE_SECONDS,
      // A cancel reaches ffmpeg within 2 s, and people see the work move.
      heartbeatMs: Math.min(1_000, (settings.V2M_LEASE_SECONDS * 1_000) / 3),
      checkpointSeconds: settings.V2M_CHECKPOINT_SECONDS,
      segmentedFromSeconds: settings.V2M_SEGMENTED_FROM_SECONDS,
      maxSeconds: settings.V2M_MAX_SOUND_SECONDS,
      timeoutSeconds: settings.V2M_CONVERSION_SECONDS,
    },
    log,
  });
  const pump = new Pump({
    claims,
    files,
    convert,
    slots: settings.V2M_CONVERSIONS_AT_ONCE,
    onRest: () => background.run(sweepSmall),
    claimant: { worker: `${hostname()}:${process.pid}`, leaseSeconds: settings.V2M_LEASE_SECONDS },
    drainSeconds: settings.V2M_DRAIN_SECONDS,
    clock,
    log,
  });
  return {
    events: createEventVerifier({ publicKeys: secrets['event-public-keys'] }),
    hearing: createHearing(pool),
    wake: () => pump.ring(),
    metrics: () => Promise.resolve(conversions.metrics),
    stop: () => pump.stop(),
    async close() {
      await pump.drain();
      await background.settled();
      await Promise.all([sources.close(), publisher.close(), files.close(), pool.end()]);
    },
  };
});

export const handler = eventFunction(deps);
