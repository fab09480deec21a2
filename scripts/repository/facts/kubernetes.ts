import * as v from 'valibot';
import { parseAllDocuments } from 'yaml';
import { factsOf, imageName, listed, type Fact } from './fact.ts';

const Named = v.object({ name: v.string() });
const Container = v.object({
  image: v.string(),
  env: v.optional(v.array(v.object({ name: v.string(), value: v.optional(v.string()) })), []),
});
const Workload = v.object({
  kind: v.picklist(['Deployment', 'StatefulSet']),
  metadata: Named,
  spec: v.object({
    template: v.object({ spec: v.object({ containers: v.array(Container) }) }),
  }),
});
const Service = v.object({
  kind: v.literal('Service'),
  metadata: Named,
  spec: v.object({ ports: v.array(v.object({ port: v.number() })) }),
});
const Generator = v.object({ name: v.string(), namespace: v.string() });
const Kustomization = v.object({ secretGenerator: v.array(Generator) });

/** Images, addresses of the servers, and what the connector is told. */
export function manifestFacts(place: string, text: string): readonly Fact[] {
  return parseAllDocuments(text).flatMap((document): readonly Fact[] => {
    const resource: unknown = document.toJS();
    if (v.is(Service, resource)) return serverFacts(place, resource);
    const workload = v.safeParse(Workload, resource);
    return workload.success ? workloadFacts(place, workload.output) : [];
  });
}

/** The secrets that a kustomization makes for functions. */
export function functionSecretFacts(place: string, text: string): readonly Fact[] {
  const { secretGenerator } = v.parse(Kustomization, parseAllDocuments(text)[0]?.toJS());
  const ours = secretGenerator.filter(({ namespace }) => namespace === 'openfaas-fn');
  return factsOf(place, { secrets: listed(ours.map(({ name }) => name)) });
}

const stores: readonly string[] = ['postgres', 'mongo', 'rabbitmq'];

function serverFacts(place: string, { metadata, spec }: v.InferOutput<typeof Service>) {
  const [port] = spec.ports;
  if (port === undefined || !stores.includes(metadata.name)) return [];
  return factsOf(place, { [`server ${metadata.name}`]: `${metadata.name}:${port.port}` });
}

function workloadFacts(place: string, { metadata, spec }: v.InferOutput<typeof Workload>) {
  return spec.template.spec.containers.flatMap(({ image, env }) => {
    const told = new Map(env.map(({ name, value }) => [name, value]));
    const host = told.get('RMQ_HOST')?.replace(/\..*/, '');
    return factsOf(place, {
      [`image of ${metadata.name}`]: imageName(image),
      'server rabbitmq': host && `${host}:${told.get('RMQ_PORT') ?? ''}`,
      'user of rabbitmq': told.get('RMQ_USER'),
    });
  });
}
