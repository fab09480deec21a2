import { setTimeout as sleep } from 'node:timers/promises';
import { newAccount } from '../start/convert.ts';
import { type Client, createClient } from './client.ts';

/** Something that may stand in no log. */
export interface Secret {
  /** What it is, for whoever reads that it was found. */
  readonly name: string;
  readonly value: string;
}

/** Somebody with a new account, logged in. */
export interface Newcomer {
  readonly client: Client;
  /** What only they and the service know. */
  readonly secrets: readonly Secret[];
}

const pauseMs = 500;
const patienceMs = 120_000;

/** Registers and logs in, however often it takes within two minutes. */
export async function enter(gatewayUrl: string): Promise<Newcomer> {
  const client = createClient(gatewayUrl);
  const { email, password } = newAccount();
  await patiently(() => client.register(email, password));
  const tokens = await patiently(() => client.login(email, password));
  const secrets = [
    { name: `the password of ${email}`, value: password },
    { name: `the access token of ${email}`, value: tokens.access_token },
    { name: `the refresh token of ${email}`, value: tokens.refresh_token },
  ];
  return { client, secrets };
}

/** Does it again until it works; rejects as the last try did after two minutes. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + patienceMs; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(pauseMs);
    }
  }
}
