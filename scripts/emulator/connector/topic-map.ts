import { isJsonObject, stringMapOf, stringOf } from '../json.ts';

/** Topic → functions ("name" or "name.namespace"), in the order they were listed. */
export type TopicMap = ReadonlyMap<string, readonly string[]>;

export interface Crawl {
  readonly gatewayUrl: string;
  readonly authorization: string;
}

/** Whether function names need their namespace: asked once, when the connector starts. */
export async function probeNamespaces({ gatewayUrl, authorization }: Crawl): Promise<string[]> {
  const answer = await fetch(`${gatewayUrl}/system/namespaces`, { headers: { authorization } });
  const list: unknown = answer.ok ? await answer.json() : [];
  return Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
}

/** Any failure on the way gives an empty map: messages are then acknowledged unheard. */
export async function crawlTopics(crawl: Crawl, namespaces: readonly string[]): Promise<TopicMap> {
  try {
    const lists = await Promise.all(
      namespaces.length === 0
        ? [listFunctions(crawl, undefined)]
        : namespaces.map((namespace) => listFunctions(crawl, namespace)),
    );
    return topicMapOf(lists.flat());
  } catch {
    return new Map();
  }
}

interface Listed {
  readonly name: string;
  readonly topics: readonly string[];
}

function topicMapOf(functions: readonly Listed[]): TopicMap {
  const map = new Map<string, string[]>();
  for (const { name, topics } of functions) {
    for (const topic of topics) map.set(topic, [...(map.get(topic) ?? []), name]);
  }
  return map;
}

async function listFunctions(
  { gatewayUrl, authorization }: Crawl,
  namespace: string | undefined,
): Promise<Listed[]> {
  const query = namespace === undefined ? '' : `?namespace=${namespace}`;
  const url = `${gatewayUrl}/system/functions${query}`;
  const answer = await fetch(url, { headers: { authorization } });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
  const list: unknown = await answer.json();
  if (!Array.isArray(list)) throw new Error('the gateway sent no list');
  return list.filter(isJsonObject).map((entry) => ({
    name: [stringOf(entry['name']), namespace].filter(Boolean).join('.'),
    topics: splitTopics(stringMapOf(entry['annotations'])['topic']),
  }));
}

function splitTopics(annotation = ''): string[] {
  return annotation
    .split(',')
    .map((topic) => topic.trim())
    .filter((topic) => topic !== '');
}
