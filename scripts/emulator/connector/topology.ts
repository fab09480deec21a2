import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

import { isJsonObject, stringListOf, stringOf, type JsonObject } from '../json.ts';

export interface Exchange {
  readonly name: string;
  readonly topics: readonly string[];
  readonly declare: boolean;
  readonly type: 'direct' | 'topic';
  readonly durable: boolean;
  readonly autoDelete: boolean;
}

/** The connector's topology file, a YAML list of exchanges. */
export function readTopology(file: string): Exchange[] {
  return parseTopology(readFileSync(file, 'utf8'));
}

/** As the connector decodes it: `auto-deleted` is not known, `autodeleted` is; durable is off. */
export function parseTopology(text: string): Exchange[] {
  // Its YAML is 1.1, where "yes" and "on" are true.
  const list: unknown = parse(text, { version: '1.1' });
  if (!Array.isArray(list)) throw new Error('the topology is not a list of exchanges');
  return list.filter(isJsonObject).map(exchangeOf);
}

export function queueName(exchange: Exchange, topic: string): string {
  return `OpenFaaS_${exchange.name}_${topic}`;
}

function exchangeOf(entry: JsonObject): Exchange {
  return {
    name: stringOf(entry['name']) ?? '',
    topics: stringListOf(entry['topics']),
    declare: entry['declare'] === true,
    type: stringOf(entry['type'])?.toLowerCase() === 'topic' ? 'topic' : 'direct',
    durable: entry['durable'] === true,
    autoDelete: entry['autodeleted'] === true,
  };
}
