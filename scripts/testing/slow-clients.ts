import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { processOf } from './processes.ts';
import { service, type Person } from './service.ts';
import type { SlowClient } from './slow-clients.worker.ts';

/** Many connections that send one byte a second. */
export interface SlowClients {
  /** Those that nobody has cut off yet. */
  readonly open: () => Promise<number>;
  readonly leave: () => Promise<void>;
}

const endless = 'content-length: 1000000000\r\n\r\n';

/**
 * `count` connections: two fifths never end their head, two fifths upload as these people, one
 * fifth logs in; an eleventh of all goes past the gateway to the function's own port. Resolves when
 * those who are sent away at once have left. They have a thread of their own: what they cost is
 * measured, and not what they take from whoever measures.
 */
export async function slowClients(count: number, people: readonly Person[]): Promise<SlowClients> {
  const gateway = Number(new URL(service.gatewayUrl).port);
  const upload = ownPort('upload');
  const clients = Array.from({ length: count }, (_, n): SlowClient => {
    const isPast = n % 11 === 0;
    const ways = [slowHead, slowHead, slowUpload, slowUpload, slowLogin] as const;
    const way = ways[n % ways.length] ?? slowHead;
    const authorization = people[n % people.length]?.authorization ?? '';
    return { ...way(isPast, authorization), port: isPast ? upload : gateway };
  });
  const worker = new Worker(new URL('./slow-clients.worker.ts', import.meta.url), {
    workerData: clients,
  });
  const open = async () => {
    worker.postMessage('open');
    const [left] = (await once(worker, 'message')) as [number];
    return left;
  };
  const leave = async () => {
    await worker.terminate();
  };
  for (let before = NaN, now = await open(); now !== before; now = await open()) {
    before = now;
    await sleep(2_000);
  }
  return { open, leave };
}

function slowHead(isPast: boolean) {
  const target = isPast ? '/' : '/function/upload';
  return { head: `PUT ${target} HTTP/1.1\r\nhost: a\r\nx: `, drip: 'x' };
}

function slowUpload(isPast: boolean, authorization: string) {
  const target = isPast ? '/?name=a.mp4' : '/function/upload?name=a.mp4';
  const head = `PUT ${target} HTTP/1.1\r\nhost: a\r\nauthorization: ${authorization}\r\n${endless}`;
  return { head, drip: '\0' };
}

function slowLogin(isPast: boolean) {
  const target = isPast ? '/' : '/function/login';
  const type = 'content-type: application/json\r\n';
  return { head: `POST ${target} HTTP/1.1\r\nhost: a\r\n${type}${endless}`, drip: ' ' };
}

/** Where the process of a function listens, behind its watchdog. */
function ownPort(name: string): number {
  const variables = readFileSync(`/proc/${processOf(name).pid}/environ`, 'utf8').split('\0');
  const url = variables.find((line) => line.startsWith('upstream_url='));
  return Number(new URL(url?.slice('upstream_url='.length) ?? '').port);
}
