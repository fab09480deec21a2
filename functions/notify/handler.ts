import { setTimeout as sleep } from 'node:timers/promises';
import { createEventVerifier } from '#shared/adapters/crypto/events';
import { createHearing } from '#shared/adapters/postgres/hearing';
import { createMails } from '#shared/adapters/postgres/mails';
import { createPool } from '#shared/adapters/postgres/pool';
import { createMailer } from '#shared/adapters/smtp/mailer';
import { address, serverPassword, servers, text } from '#shared/contracts/settings';
import { loadConfig } from '#shared/runtime/config';
import { eventFunction } from '#shared/runtime/event';
import { log } from '#shared/runtime/log';
import { createCounter } from '#shared/runtime/metrics/metric';
import { once } from '#shared/runtime/once';
import { countedMails } from './counted-mails.ts';
import { deliver } from './deliver.ts';
import { createPump } from './pump.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_SMTP_URL: servers.V2M_SMTP_URL,
    V2M_MAIL_FROM: text,
    V2M_PUBLIC_URL: address('http', 'https'),
  },
  secrets: {
    'postgres-password': serverPassword,
    'smtp-password': serverPassword,
    'event-public-keys': text,
  },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const from = settings.V2M_MAIL_FROM;
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 5,
    applicationName: 'notify',
  });
  const tries = createCounter({
    name: 'v2m_mail_tries_total',
    help: 'Tries to send a mail, by what became of them.',
  });
  const mails = createMails(pool, from.slice(from.lastIndexOf('@') + 1));
  const send = deliver({
    mails: countedMails(mails, (outcome) => tries.add({ outcome })),
    mailer: createMailer({
      url: settings.V2M_SMTP_URL,
      password: secrets['smtp-password'],
      from,
    }),
    publicUrl: settings.V2M_PUBLIC_URL,
    log,
    clock: { sleep },
    random: Math.random,
  });
  const pump = createPump(send, 4, log);
  return Promise.resolve({
    events: createEventVerifier({ publicKeys: secrets['event-public-keys'] }),
    hearing: createHearing(pool),
    wake: pump.wake,
    metrics: () => Promise.resolve([tries]),
    close: async () => {
      await pump.drain();
      await pool.end();
    },
  });
});

export const handler = eventFunction(deps);
