import { accessOf, factsOf, type Fact } from './fact.ts';

/** Addresses among variables for stack.yml; a server's name is its host name's first label. */
export function settingFacts(
  place: string,
  settings: ReadonlyMap<string, string>,
): readonly Fact[] {
  const postgres = access(settings.get('V2M_POSTGRES_URL'), 5432);
  const mongo = access(settings.get('V2M_MONGODB_URI'), 27017);
  const rabbitmq = access(settings.get('V2M_AMQP_URL'), 5672);
  return factsOf(place, {
    'server postgres': postgres?.server,
    'user of postgres': postgres?.user,
    'database of postgres': postgres?.database,
    'server mongo': mongo?.server,
    'user of mongo': mongo?.user,
    'server rabbitmq': rabbitmq?.server,
    'user of rabbitmq': rabbitmq?.user,
  });
}

/** Variables for stack.yml that it does not read, so that setting them does nothing. */
export function unknownVariables(text: string, stack: string): string[] {
  const named = new Set(text.match(/\bV2M_[A-Z_]+/g));
  return [...named].filter((name) => !stack.includes(`\${${name}:-`));
}

function access(url: string | undefined, defaultPort: number) {
  return url === undefined ? undefined : accessOf(url, defaultPort);
}
