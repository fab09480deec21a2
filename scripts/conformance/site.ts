import { isJsonObject, type JsonObject } from '../emulator/json.ts';
import { exchange, objectOf, type Answer, type Call } from './exchange.ts';
import type { Installation } from './installation.ts';
import { Probe, type Deployment } from './probe.ts';
import { removeContext, writeContext } from './context-folder.ts';
import type { UndoList } from './undo.ts';
import { until } from './until.ts';

const READY_WITHIN_MS = 60_000;

/** One installation with the ways to talk to it. */
export class Site {
  readonly installation: Installation;
  readonly #undos: UndoList;

  constructor(installation: Installation, undos: UndoList) {
    this.installation = installation;
    this.#undos = undos;
  }

  get isKubernetes(): boolean {
    return this.installation.mode === 'kubernetes';
  }

  /** The status of a change that the provider accepts. */
  get accepted(): 202 | 200 {
    return this.isKubernetes ? 202 : 200;
  }

  get authorization(): string {
    const { user, password } = this.installation;
    return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  functionUrl(service: string): string {
    return `${this.installation.gatewayUrl}/function/${service}`;
  }

  /** A call without credentials, to any path of the gateway. */
  call(path: string, call: Call = {}): Promise<Answer> {
    return exchange(`${this.installation.gatewayUrl}${path}`, call);
  }

  /** A call of /system/… with credentials. */
  system(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: this.authorization, 'content-type': 'application/json' };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.call(`/system/${path}`, { method, headers, ...text });
  }

  /** What would be sent for a probe; its code is put where a provider of processes looks. */
  prepare(service: string, more: Partial<Deployment> = {}): Deployment {
    const { contexts, image } = this.installation;
    writeContext(contexts, service);
    this.#undos.add(() => removeContext(contexts, service));
    return { service, image, envProcess: 'node index.js', ...more };
  }

  /** A removal for the end of the item, for what an item deploys by a call of its own. */
  removeLater(service: string): () => Promise<void> {
    return this.#undos.add(async () => {
      const { status } = await this.system('DELETE', 'functions', { functionName: service });
      if (![200, 202, 404].includes(status)) throw new Error(`removing ${service}: ${status}`);
      await until(`${service} to be gone`, async () => {
        return (await this.system('GET', `function/${service}`)).status === 404;
      });
    });
  }

  /** For what else an item leaves behind. */
  later(undo: () => Promise<void>): () => Promise<void> {
    return this.#undos.add(undo);
  }

  /** Deploys a probe and waits until it answers. */
  async deploy(service: string, more: Partial<Deployment> = {}): Promise<Probe> {
    const deployment = this.prepare(service, more);
    const remove = this.removeLater(service);
    const answer = await this.system('POST', 'functions', deployment);
    if (answer.status !== 200 && answer.status !== 202) {
      throw new Error(`${service} cannot be deployed: ${answer.status} ${answer.text}`);
    }
    const probe = new Probe(service, this.functionUrl(service), remove);
    await until(`${service} to be ready`, () => probe.isReady(), READY_WITHIN_MS);
    return probe;
  }

  /** FunctionStatus, or nothing when it is not known. */
  async describe(service: string): Promise<JsonObject | undefined> {
    const answer = await this.system('GET', `function/${service}`);
    return answer.status === 200 ? objectOf(answer) : undefined;
  }

  async list(): Promise<JsonObject[]> {
    const list: unknown = JSON.parse((await this.system('GET', 'functions')).text);
    return Array.isArray(list) ? list.filter(isJsonObject) : [];
  }
}
