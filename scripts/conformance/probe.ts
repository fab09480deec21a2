import { isJsonObject, stringListOf, stringMapOf, stringOf } from '../emulator/json.ts';
import { exchange, objectOf, openCall, type Answer, type Call, type OpenCall } from './exchange.ts';
import { until } from './until.ts';

/** The members of a FunctionDeployment that items use. */
export interface Deployment {
  readonly service: string;
  readonly image: string;
  readonly envProcess: string;
  readonly namespace?: string;
  readonly envVars?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** A request as the function saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A call of the path `/`, which the probe remembers. */
export interface RecordedCall extends Seen {
  readonly body: Buffer;
  readonly begunMs: number;
  /** Undefined while it is answered. */
  readonly endedMs: number | undefined;
}

/** A deployed probe; see functions/probe for what its paths do. */
export class Probe {
  readonly name: string;
  readonly url: string;
  readonly remove: () => Promise<void>;

  constructor(name: string, url: string, remove: () => Promise<void>) {
    this.name = name;
    this.url = url;
    this.remove = remove;
  }

  call(path: string, call: Call = {}): Promise<Answer> {
    return exchange(`${this.url}${path}`, call);
  }

  /** A call whose answer is not waited for. */
  open(path: string, call: Call = {}): OpenCall {
    return openCall(`${this.url}${path}`, call);
  }

  async isReady(): Promise<boolean> {
    return (await this.call('/_/ready')).status === 200;
  }

  async info(path = '/info', call: Call = {}): Promise<Seen> {
    return seenOf(objectOf(await this.call(path, call)));
  }

  async boot(): Promise<string> {
    return stringOf(objectOf(await this.call('/env'))['boot']) ?? '';
  }

  async env(): Promise<Record<string, string>> {
    return stringMapOf(objectOf(await this.call('/env'))['env']);
  }

  async events(): Promise<string[]> {
    return stringListOf(JSON.parse((await this.call('/events')).text));
  }

  async saw(event: string, withinMs?: number): Promise<void> {
    const isSo = async () => (await this.events()).includes(event);
    await until(`${this.name} to note "${event}"`, isSo, withinMs);
  }

  /** How `/` answers from now on; earlier calls are forgotten. */
  async follow(script: {
    readonly statuses?: readonly number[];
    readonly ms?: number;
  }): Promise<void> {
    const query = new URLSearchParams({ ms: String(script.ms ?? 0) });
    if (script.statuses !== undefined) query.set('statuses', script.statuses.join());
    await this.call(`/script?${query.toString()}`);
  }

  async calls(): Promise<RecordedCall[]> {
    const list: unknown = JSON.parse((await this.call('/calls')).text);
    return Array.isArray(list) ? list.filter(isJsonObject).map(recordedOf) : [];
  }
}

function seenOf(value: Readonly<Record<string, unknown>>): Seen {
  const { method, url, headers } = value;
  return {
    method: stringOf(method) ?? '',
    url: stringOf(url) ?? '',
    headers: stringMapOf(headers),
  };
}

function recordedOf(value: Readonly<Record<string, unknown>>): RecordedCall {
  return {
    ...seenOf(value),
    body: Buffer.from(stringOf(value['body']) ?? '', 'base64'),
    begunMs: Number(value['begunMs']),
    endedMs: typeof value['endedMs'] === 'number' ? value['endedMs'] : undefined,
  };
}
