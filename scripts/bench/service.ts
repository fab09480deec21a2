import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '#shared/contracts/jobs';
import { type Client, createClient } from '../client/client.ts';
import { emulatorProcesses } from '../platform/deployed.ts';
import type { Running } from '../platform/up.ts';
import { newAccount } from '../start/convert.ts';

/** The running service, and somebody with an account in it. */
export interface Service {
  readonly root: string;
  readonly addresses: Running['addresses'];
  readonly client: Client;
}

/** Makes an account and logs in. */
export async function enter(root: string, { addresses }: Running): Promise<Service> {
  const client = createClient(addresses.gatewayUrl);
  const { email, password } = newAccount();
  await client.register(email, password);
  await client.login(email, password);
  return { root, addresses, client };
}

/** The emulator's process: the gateway and all watchdogs. */
export function gatewayPid({ root }: Service): number {
  return emulatorProcesses(root).pid;
}

/** The process that serves a function now; undefined while there is none. */
export function functionPid({ root }: Service, name: string): number | undefined {
  return emulatorProcesses(root).functions.find((one) => one.name === name)?.childPid;
}

/** Ends a function's process the hard way; resolves with its successor once that is ready. */
export async function restartFunction(service: Service, name: string): Promise<number> {
  const old = functionPid(service, name);
  if (old !== undefined) process.kill(old, 'SIGKILL');
  for (;;) {
    await sleep(100);
    const pid = functionPid(service, name);
    if (pid !== undefined && pid !== old && (await answers(service, name))) return pid;
  }
}

/** The job once nothing happens to it any more; rejects when it has no MP3. */
export async function converted({ client }: Service, id: string): Promise<JobView> {
  const job = await client.watch(id);
  if (job.state !== 'done') throw new Error(`job ${id} is ${job.state}: ${job.error?.message}`);
  return job;
}

/** Any answer will do but those of a watchdog that cannot reach its function. */
async function answers({ client }: Service, name: string): Promise<boolean> {
  const { status } = await client.call(name);
  return status < 500;
}
