import { join } from 'node:path';

import { stringOf, type JsonObject } from '../json.ts';
import { findImage, type CodePlaces } from './code.ts';
import { MAX_FUNCTIONS, parseDeployment, requireNamespace, type Deployment } from './deployment.ts';
import { FunctionService, type Surroundings } from './function-service.ts';
import { ProviderError } from './provider-error.ts';
import { layOut, type Revision } from './revision.ts';
import type { ProviderRules } from './rules.ts';
import type { SecretStore } from './secret-store.ts';

export interface ProviderParts extends Surroundings {
  readonly rules: ProviderRules;
  readonly places: CodePlaces;
  readonly secrets: SecretStore;
  /** Holds one folder per function, with one per revision. */
  readonly directory: string;
}

/**
 * Runs what is deployed as processes of this machine. Changes of one function happen one after
 * the other. Like Kubernetes it answers first and lets processes start and end behind that, an
 * update rolling; or, like faasd, it answers when all is done, an update being a removal and a
 * creation with a gap between.
 */
export class Provider {
  readonly rules: ProviderRules;
  readonly #parts: ProviderParts;
  readonly #functions = new Map<string, FunctionService>();
  readonly #removed = new Set<FunctionService>();
  readonly #changes = new Map<string, Promise<void>>();
  #revisions = 0;
  #isClosed = false;

  constructor(parts: ProviderParts) {
    this.rules = parts.rules;
    this.#parts = parts;
  }

  list(): FunctionService[] {
    return [...this.#functions.values()];
  }

  /** Also those that were removed and have not ended. */
  listRunning(): FunctionService[] {
    return [...this.list(), ...this.#removed];
  }

  find(name: string): FunctionService | undefined {
    return this.#functions.get(name);
  }

  async create(body: JsonObject): Promise<void> {
    const deployment = parseDeployment(body);
    await this.#oneByOne(deployment.service, async () => {
      if (this.#functions.has(deployment.service)) {
        throw new ProviderError(500, `function ${deployment.service} exists`);
      }
      if (this.#functions.size >= MAX_FUNCTIONS) {
        throw new ProviderError(400, `at most ${MAX_FUNCTIONS} functions`);
      }
      await this.#start(this.#layOut(deployment));
    });
  }

  async update(body: JsonObject): Promise<void> {
    const deployment = parseDeployment(body);
    await this.#oneByOne(deployment.service, async () => {
      const service = this.#existing(deployment.service, 404);
      const revision = this.#layOut(deployment);
      if (!this.rules.isSynchronous) {
        void service.roll(revision);
        return;
      }
      await this.#remove(service);
      await this.#start(revision);
    });
  }

  async delete(body: JsonObject): Promise<void> {
    requireNamespace(stringOf(body['namespace']));
    const name = stringOf(body['functionName']) ?? '';
    if (name === '') throw new ProviderError(400, 'functionName: is required');
    await this.#oneByOne(name, async () => {
      const ended = this.#remove(this.#existing(name, 404));
      if (this.rules.isSynchronous) await ended;
    });
  }

  async scale(name: string, replicas: number): Promise<void> {
    if (!(replicas >= 1)) throw new ProviderError(400, 'replicas: must be over 0');
    await this.#oneByOne(name, async () => {
      const service = this.#existing(name, this.rules.absentFunctionAtScale);
      if (this.rules.hasReplicas) void service.scale(replicas);
      else service.wake();
      return Promise.resolve();
    });
  }

  /** Stops every function; nothing can be deployed afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#changes.values());
    await Promise.all(this.listRunning().map((service) => this.#remove(service)));
  }

  #existing(name: string, absent: number): FunctionService {
    const service = this.#functions.get(name);
    if (service === undefined) throw new ProviderError(absent, `no function ${name}`);
    return service;
  }

  #layOut(deployment: Deployment): Revision {
    const { secrets, places, directory } = this.#parts;
    if (this.#isClosed) throw new ProviderError(503, 'stopping');
    secrets.require(deployment.secrets);
    const image = findImage(deployment, places);
    const id = (this.#revisions += 1);
    const home = join(directory, deployment.service, String(id));
    return layOut(deployment, image, { id, home, secrets });
  }

  async #start(revision: Revision): Promise<void> {
    const service = new FunctionService(revision, this.#parts);
    this.#functions.set(service.name, service);
    await service.scale(1);
  }

  async #remove(service: FunctionService): Promise<void> {
    this.#functions.delete(service.name);
    this.#removed.add(service);
    await service.stop();
    this.#removed.delete(service);
  }

  async #oneByOne(name: string, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(name) ?? Promise.resolve();
    const now = before.catch(() => undefined).then(change);
    this.#changes.set(name, now);
    await now;
  }
}
