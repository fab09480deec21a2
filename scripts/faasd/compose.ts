import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml';

/** What faasd reads of a service; anything else it passes over in silence. */
const readKeys: readonly unknown[] = [
  'image',
  'command',
  'environment',
  'volumes',
  'ports',
  'user',
  'cap_add',
  'depends_on',
];

/**
 * faasd's compose file with `added`'s services in it and `gateway`'s variables set on its gateway.
 * The rest stays as it is, comments too; merging twice gives the same text. Throws where faasd
 * would not read a key, and rather than replace a service that is somebody else's.
 */
export function mergeCompose(
  own: string,
  added: string,
  gateway: ReadonlyMap<string, string>,
): string {
  const document = parseDocument(own);
  const services = servicesOf(document);
  setEnvironment(services.get('gateway'), gateway);
  for (const { key, value } of servicesOf(parseDocument(added)).items) {
    const name = String(key);
    assertReadable(name, value);
    assertOurs(name, services.get(name), value);
    services.set(name, value);
  }
  return document.toString({ lineWidth: 0 });
}

/** `NAME=value` lines; empty lines and comments are left out. */
export function readEnvironment(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => splitPair(line)));
}

function servicesOf(document: Document): YAMLMap {
  const services = document.get('services');
  if (document.errors.length > 0 || !isMap(services)) {
    throw new Error('This is no compose file: it has no services.');
  }
  return services;
}

function assertReadable(name: string, service: unknown): void {
  const keys = isMap(service) ? service.items.map(({ key }) => String(key)) : [];
  const unread = keys.find((key) => !readKeys.includes(key));
  if (unread !== undefined) throw new Error(`${name}: faasd does not read "${unread}".`);
}

/** One of an earlier run has the same image, perhaps of another version. */
function assertOurs(name: string, present: unknown, ours: unknown): void {
  if (present === undefined || imageOf(present) === imageOf(ours)) return;
  throw new Error(`A service "${name}" of another kind is there already: rename or remove it.`);
}

function imageOf(service: unknown): string {
  return isMap(service) ? String(service.get('image')).replace(/:[^:/]*$/, '') : '';
}

/** faasd's own file has a list of `NAME=value`. */
function setEnvironment(service: unknown, variables: ReadonlyMap<string, string>): void {
  const environment = isMap(service) ? service.get('environment') : undefined;
  if (!isSeq(environment)) throw new Error("This is not faasd's file: gateway has no environment.");
  for (const [name, value] of variables) {
    const pair = `${name}=${value}`;
    const place = environment.items.find((item) => nameOf(item) === name);
    if (isScalar(place)) place.value = pair;
    else environment.add(pair);
  }
}

function nameOf(item: unknown): string {
  return isScalar(item) ? splitPair(String(item.value))[0] : '';
}

function splitPair(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.split('=');
  return [name, value.join('=')];
}
