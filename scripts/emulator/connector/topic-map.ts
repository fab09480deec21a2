import { isJsonObject, stringListOf, stringMapOf, stringOf } from '../json.ts';
import { TIMEOUT_MS, USER_AGENT } from './call-function.ts';

/** Topic → functions ("name" or "name.namespace"), in the order they were listed. */
export type TopicMap = ReadonlyMap<string, readonly string[]>;

export interface Crawl {
  readonly gatewayUrl: string;
  readonly authorization: string;
}

/** Whether namespaces are crawled: asked once, when the connector starts; a failure means no. */
export async function probeNamespaces(crawl: Crawl): Promise<boolean> {
  return (await listNamespaces(crawl)).length > 0;
}

/** What cannot be listed counts as empty: messages are then acknowledged unheard. */
export async function crawlTopics(crawl: Crawl, hasNamespaces: boolean): Promise<TopicMap> {
  const namespaces = hasNamespaces ? await listNamespaces(crawl) : [undefined];
  const map = new Map<string, string[]>();
  for (const namespace of namespaces) {
    for (const { name, topics } of await listFunctions(crawl, namespace)) {
      for (const topic of topics) map.set(topic, [...(map.get(topic) ?? []), name]);
    }
  }
  return map;
}

async function listNamespaces(crawl: Crawl): Promise<string[]> {
  return stringListOf(await ask(crawl, '/system/namespaces'));
}

interface Listed {
  readonly name: string;
  readonly topics: readonly string[];
}

async function listFunctions(crawl: Crawl, namespace: string | undefined): Promise<Listed[]> {
  const query = namespace === undefined ? '' : `?namespace=${namespace}`;
  const list = await ask(crawl, `/system/functions${query}`);
  if (!Array.isArray(list)) return [];
  return list.filter(isJsonObject).map((entry) => ({
    name: [stringOf(entry['name']), namespace].filter(Boolean).join('.'),
    topics: splitTopics(stringMapOf(entry['annotations'])['topic']),
  }));
}

/** Undefined for any failure. */
async function ask({ gatewayUrl, authorization }: Crawl, path: string): Promise<unknown> {
  try {
    const answer = await fetch(`${gatewayUrl}${path}`, {
      headers: { authorization, 'user-agent': USER_AGENT },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.status === 200 ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

function splitTopics(annotation = ''): string[] {
  return annotation
    .split(',')
    .map((topic) => topic.trim())
    .filter((topic) => topic !== '');
}
