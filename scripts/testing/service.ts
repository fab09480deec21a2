import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JobView } from '#shared/contracts/jobs';
import PostalMime, { type Email } from 'postal-mime';
import * as v from 'valibot';
import type { Client } from '../client/client.ts';
import { createClient } from '../client/client.ts';
import type { Secret } from '../client/newcomer.ts';
import { requestJson, ServiceError } from '../client/request.ts';

/** What `npm test` tells the end-to-end tests: where the running service is. */
export const service = {
  gatewayUrl: setting('GATEWAY_URL'),
  databaseUrl: setting('DATABASE_URL'),
  mongodbUri: setting('MONGODB_URI'),
  amqpUrl: setting('AMQP_URL'),
  mailDir: setting('MAIL_DIR'),
  root: setting('STACK_ROOT'),
};

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new TypeError(`${name} is not set: run "npm test -- e2e"`);
  return value;
}

/** The address of a function behind the gateway. */
export function functionUrl(path: string): string {
  return `${service.gatewayUrl}/function/${path}`;
}

/** Somebody with an account, logged in. */
export interface Person {
  readonly email: string;
  readonly password: string;
  /** `Bearer …`, as their requests carry it. */
  readonly authorization: string;
  readonly client: Client;
}

/** What the people of this file told nobody but the service; it may stand in no log. */
export const secretsOfPeople: Secret[] = [];

/** A person nobody has met before. */
export async function newPerson(): Promise<Person> {
  const email = `person-${randomUUID()}@example.com`;
  const password = `a long secret of ${randomUUID()}`;
  const client = createClient(service.gatewayUrl);
  await client.register(email, password);
  const { access_token, refresh_token } = await client.login(email, password);
  secretsOfPeople.push(
    { name: `the password of ${email}`, value: password },
    { name: `the access token of ${email}`, value: access_token },
    { name: `the refresh token of ${email}`, value: refresh_token },
  );
  return { email, password, authorization: `Bearer ${access_token}`, client };
}

/**
 * Asks until there is an answer; rejects with what was waited for. Where the gateway has nobody to
 * answer, which is short while a process is replaced, it is asked again.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  withinMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let unanswered: unknown;
    const answer = await ask().catch((error: unknown) => {
      if (!isOfGateway(error)) throw error;
      unanswered = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) {
      throw new Error(`waited ${withinMs} ms for ${what}`, { cause: unanswered });
    }
    await sleep(100);
  }
}

function isOfGateway(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'gateway';
}

/** All mails that the sink holds for an address. */
export async function mailsTo(email: string): Promise<Email[]> {
  const names = (await readdir(service.mailDir)).filter((name) => name.endsWith('.eml'));
  const texts = await Promise.all(names.map((name) => readFile(join(service.mailDir, name))));
  const mails = await Promise.all(
    texts.filter((text) => text.includes(email)).map((text) => PostalMime.parse(text)),
  );
  return mails.filter(({ to }) => to?.some(({ address }) => address === email));
}

/** The one mail that arrives for an address, and no second one soon after. */
export async function onlyMailTo(email: string, withinMs?: number): Promise<Email> {
  await eventually(`a mail to ${email}`, async () => (await mailsTo(email))[0], withinMs);
  await sleep(300);
  const mails = await mailsTo(email);
  const [mail] = mails;
  if (mail === undefined || mails.length > 1) throw new Error(`${mails.length} mails to ${email}`);
  return mail;
}

const Swept = v.object({ swept: v.boolean() });

/** Sweeps once, from beginning to end, after whatever sweep is under way. */
export async function sweepNow(): Promise<void> {
  await eventually('a sweep', async () => {
    const { swept } = await requestJson(Swept, functionUrl('sweep'), { method: 'POST' });
    return swept ? true : undefined;
  });
}

/** Sweeps, as the cron does every 30 s, until the job is done. */
export function sweptUntilDone({ client }: Person, id: string, withinMs: number): Promise<JobView> {
  return eventually(
    'the job to be done',
    async () => {
      await sweepNow();
      const job = await client.job(id);
      return job.state === 'done' ? job : undefined;
    },
    withinMs,
  );
}

/** Seconds of the first audio track, as ffprobe plays it. */
export async function audioSeconds(path: string): Promise<number> {
  const { stdout } = await promisify(execFile)('ffprobe', [
    ...['-v', 'error', '-select_streams', 'a:0', '-of', 'csv=p=0'],
    ...['-show_entries', 'stream=duration:format=duration', path],
  ]);
  const seconds = stdout
    .split(/[\n,]/)
    .map(Number)
    .find((value) => value > 0);
  if (seconds === undefined) throw new Error(`ffprobe knows no duration of ${path}`);
  return seconds;
}
