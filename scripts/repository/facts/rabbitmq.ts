import * as v from 'valibot';
import { parse } from 'yaml';
import { factsOf, listed, type Fact } from './fact.ts';

const Topology = v.array(
  v.object({
    name: v.string(),
    topics: v.array(v.string()),
    declare: v.literal(true),
    type: v.string(),
    durable: v.boolean(),
    autodeleted: v.boolean(),
  }),
);
const Lasting = v.looseObject({
  name: v.string(),
  durable: v.boolean(),
  auto_delete: v.boolean(),
  arguments: v.unknown(),
});
const Definitions = v.object({
  permissions: v.array(v.object({ user: v.string() })),
  exchanges: v.array(v.object({ ...Lasting.entries, type: v.string() })),
  queues: v.array(Lasting),
  bindings: v.array(v.object({ source: v.string(), routing_key: v.string() })),
});

/** What the connector declares: its queues have no arguments and last as long as their exchange. */
export function topologyFacts(place: string, text: string): readonly Fact[] {
  const [exchange, ...others] = v.parse(Topology, parse(text));
  if (exchange === undefined || others.length > 0) throw new Error(`${place}: it has one exchange`);
  const { name, type, durable, autodeleted, topics } = exchange;
  const lasts = lasting(durable, autodeleted, {});
  return factsOf(place, {
    exchange: `${name} ${type} ${lasts}`,
    queues: listed(topics.map((topic) => `OpenFaaS_${name}_${topic} ${lasts}`)),
    topics: listed(topics),
  });
}

/** What the broker has when it starts; `exchange` is the one the connector declares as well. */
export function definitionFacts(place: string, text: string, exchange: string): readonly Fact[] {
  const { permissions, exchanges, queues, bindings } = v.parse(Definitions, JSON.parse(text));
  const lasts = (one: v.InferOutput<typeof Lasting>) =>
    lasting(one.durable, one.auto_delete, one.arguments);
  const declared = exchanges.filter(({ name }) => name === exchange);
  const ours = queues.filter(({ name }) => name.startsWith('OpenFaaS_'));
  return factsOf(place, {
    exchange: listed(declared.map((one) => `${one.name} ${one.type} ${lasts(one)}`)),
    queues: listed(ours.map((queue) => `${queue.name} ${lasts(queue)}`)),
    topics: listed(bindings.flatMap((one) => (one.source === exchange ? one.routing_key : []))),
    'user of rabbitmq': listed(permissions.map(({ user }) => user)),
  });
}

function lasting(durable: boolean, autoDelete: boolean, withArguments: unknown): string {
  const life = `${durable ? 'durable' : 'transient'}${autoDelete ? ' auto-delete' : ''}`;
  return `${life} ${JSON.stringify(withArguments)}`;
}
