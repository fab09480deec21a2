import { isJsonObject, stringListOf, stringMapOf, stringOf } from '../json.ts';

export interface Scheduled {
  readonly name: string;
  readonly namespace: string;
  readonly schedule: string;
}

export interface Asking {
  readonly gatewayUrl: string;
  readonly authorization: string;
}

const TIMEOUT_MS = 5_000;

/** Rejects when the gateway does not list them. */
export async function listNamespaces(asking: Asking): Promise<string[]> {
  return stringListOf(await ask(asking, '/system/namespaces'));
}

/** The functions of a namespace with this topic and a schedule, valid or not. */
export async function listScheduled(
  asking: Asking,
  namespace: string,
  wantedTopic: string,
): Promise<Scheduled[]> {
  const list = await ask(asking, `/system/functions?namespace=${namespace}`);
  return list.filter(isJsonObject).flatMap((entry) => {
    const { topic, schedule = '' } = stringMapOf(entry['annotations']);
    const name = stringOf(entry['name']) ?? '';
    return topic === wantedTopic ? [{ name, namespace, schedule }] : [];
  });
}

async function ask({ gatewayUrl, authorization }: Asking, path: string): Promise<unknown[]> {
  const answer = await fetch(`${gatewayUrl}${path}`, {
    headers: { authorization },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}`);
  const list: unknown = await answer.json();
  if (!Array.isArray(list)) throw new Error('the gateway sent no list');
  const entries: unknown[] = list;
  return entries;
}
