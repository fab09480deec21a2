import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queueName, topics } from '#shared/contracts/events';
import type { FlawCode } from '../emulator/connector/flaws.ts';
import type { AnswerFacts } from '../invariants/census.ts';
import { withChannel } from './broker.ts';
import { eventually, service } from './service.ts';

/** The functions that hear bells. */
export const listeners = ['convert', 'notify', 'notify-failure'];

/** What the connector of the running emulator says of itself. */
export interface ConnectorView {
  readonly starts: number;
  readonly consumed: readonly string[];
  readonly topics: Readonly<Record<string, readonly string[]>>;
  readonly flaws: readonly {
    readonly code: FlawCode;
    readonly left: number;
    readonly happened: number;
  }[];
}

/** Provokes a flaw from now on. */
export async function provoke(code: FlawCode, times: number): Promise<void> {
  await control('PUT', `/flaws/${code}`, { times });
}

/** Ends a flaw. */
export async function cease(code: FlawCode): Promise<void> {
  await control('DELETE', `/flaws/${code}`);
}

/** Resolves when the flaw has struck as often as it was provoked. */
export async function hasStruck(code: FlawCode): Promise<void> {
  await eventually(`${code} to strike`, async () => {
    const { flaws } = await lookAtConnector();
    return flaws.find((flaw) => flaw.code === code)?.left === 0 ? true : undefined;
  });
}

/** How often the flaw has struck since it was provoked. */
export async function strikesOf(code: FlawCode): Promise<number> {
  const { flaws } = await lookAtConnector();
  return flaws.find((flaw) => flaw.code === code)?.happened ?? 0;
}

/** What it does right now. */
export function lookAtConnector(): Promise<ConnectorView> {
  return control('GET', '');
}

/** Ends all flaws and starts the connector again; resolves when it hears every topic. */
export async function restartConnector(): Promise<void> {
  const { starts } = await control('DELETE', '/flaws');
  await eventually('the connector to consume', async () => {
    const now = await lookAtConnector();
    const isUp = topics.every(
      (topic) => now.consumed.includes(queueName(topic)) && topic in now.topics,
    );
    return isUp && now.starts > starts ? true : undefined;
  });
}

/** Resolves when the connector itself says that it listens to no queue. */
export async function untilDeaf(): Promise<void> {
  await eventually('a connector that listens to nothing', async () => {
    const { consumed } = await lookAtConnector();
    return consumed.length === 0 ? true : undefined;
  });
}

/** What functions answered the connector since the last time. */
export async function takeAnswers(): Promise<readonly AnswerFacts[]> {
  const { calls } = await control<{ calls: readonly AnswerFacts[] }>('DELETE', '/calls');
  return calls.map((call) => ({ ...call, functionName: call.functionName.replace(/\..*/, '') }));
}

/** Resolves when nothing waits in any queue and each has its listener. */
export async function queuesAreEmpty(): Promise<void> {
  await withChannel((channel) =>
    eventually('empty queues', async () => {
      const seen = await Promise.all(topics.map((topic) => channel.checkQueue(queueName(topic))));
      const isQuiet = seen.every((one) => one.messageCount === 0 && one.consumerCount === 1);
      return isQuiet ? true : undefined;
    }),
  );
}

async function control<T = ConnectorView>(method: string, path: string, body?: object): Promise<T> {
  const file = join(service.root, 'emulator', 'processes.json');
  const { controlUrl } = JSON.parse(await readFile(file, 'utf8')) as { controlUrl: string };
  const answer = await fetch(`${controlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return (await answer.json()) as T;
}
