import * as v from 'valibot';
import { parse } from 'yaml';
import { factsOf, imageName, type Fact } from './fact.ts';

/** A list of `NAME=value`, or a map. */
const Environment = v.union([
  v.pipe(
    v.array(v.string()),
    v.transform((pairs) => Object.fromEntries(pairs.map((pair) => splitPair(pair)))),
  ),
  v.record(v.string(), v.string()),
]);
const Service = v.object({
  image: v.optional(v.string()),
  environment: v.optional(Environment, {}),
  ports: v.optional(v.array(v.string()), []),
});
const Compose = v.object({ services: v.record(v.string(), Service) });
export type Services = Readonly<Record<string, v.InferOutput<typeof Service>>>;

/** The services of a compose file, of docker or faasd. */
export function readServices(text: string): Services {
  return v.parse(Compose, parse(text)).services;
}

/** Images, and how the servers are told to call their user and database. */
export function serviceFacts(place: string, services: Services): readonly Fact[] {
  const variable = (service: string, name: string) => services[service]?.environment[name];
  const host = variable('rabbitmq-connector', 'RMQ_HOST');
  const port = variable('rabbitmq-connector', 'RMQ_PORT');
  return [
    ...Object.entries(services).flatMap(([name, { image }]) =>
      factsOf(place, { [`image of ${name}`]: imageName(image) }),
    ),
    ...factsOf(place, {
      'user of postgres': variable('postgres', 'POSTGRES_USER'),
      'database of postgres': variable('postgres', 'POSTGRES_DB'),
      'user of mongo': variable('mongo', 'MONGO_INITDB_ROOT_USERNAME'),
      'user of rabbitmq': variable('rabbitmq', 'RABBITMQ_DEFAULT_USER'),
    }),
    ...factsOf(place, {
      'server rabbitmq': host && port && `${host}:${port}`,
      'user of rabbitmq': variable('rabbitmq-connector', 'RMQ_USER'),
    }),
    ...Object.entries(services).flatMap(([name, { ports }]) => publishedServer(place, name, ports)),
  ];
}

/** `127.0.0.1:5432:5432`: the last number is the port inside, which functions use. */
function publishedServer(place: string, name: string, ports: readonly string[]): readonly Fact[] {
  if (!['postgres', 'mongo', 'rabbitmq'].includes(name)) return [];
  return ports.flatMap((port) =>
    factsOf(place, { [`server ${name}`]: `${name}:${port.split(':').at(-1) ?? ''}` }),
  );
}

function splitPair(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  return [name, value.join('=')];
}
