import { stringOf, type JsonObject } from '../json.ts';
import { findImage, type CodePlaces, type Image } from './code.ts';
import { MAX_FUNCTIONS, parseDeployment, requireNamespace, type Deployment } from './deployment.ts';
import { FunctionService, type Surroundings } from './function-service.ts';
import { ProviderError } from './provider-error.ts';

/**
 * Runs what is deployed as processes of this machine. Changes of one function happen one after
 * the other; an update stops the old processes before it starts the new ones, as faasd does.
 */
export class Provider {
  readonly #places: CodePlaces;
  readonly #around: Surroundings;
  readonly #functions = new Map<string, FunctionService>();
  readonly #changes = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(places: CodePlaces, around: Surroundings) {
    this.#places = places;
    this.#around = around;
  }

  list(): FunctionService[] {
    return [...this.#functions.values()];
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
      await this.#start(deployment, this.#imageOf(deployment), 1);
    });
  }

  async update(body: JsonObject): Promise<void> {
    const deployment = parseDeployment(body);
    await this.#oneByOne(deployment.service, async () => {
      const old = this.#existing(deployment.service);
      const image = this.#imageOf(deployment);
      const count = old.replicas.length;
      await old.scale(0);
      await this.#start(deployment, image, count);
    });
  }

  async delete(body: JsonObject): Promise<void> {
    requireNamespace(stringOf(body['namespace']));
    const name = stringOf(body['functionName']) ?? '';
    await this.#oneByOne(name, async () => {
      const service = this.#existing(name);
      this.#functions.delete(name);
      await service.scale(0);
    });
  }

  async scale(name: string, replicas: number): Promise<void> {
    if (!(replicas >= 1)) throw new ProviderError(400, 'replicas: must be over 0');
    await this.#oneByOne(name, () => this.#existing(name).scale(replicas));
  }

  /** Stops every function; nothing can be deployed afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#changes.values());
    await Promise.all(this.list().map((service) => service.scale(0)));
  }

  #existing(name: string): FunctionService {
    const service = this.#functions.get(name);
    if (service === undefined) throw new ProviderError(404, `no function ${name}`);
    return service;
  }

  #imageOf(deployment: Deployment): Image {
    if (this.#isClosed) throw new ProviderError(503, 'stopping');
    this.#around.secrets.require(deployment.secrets);
    return findImage(deployment, this.#places);
  }

  async #start(deployment: Deployment, image: Image, replicas: number): Promise<void> {
    const service = new FunctionService(deployment, image, this.#around);
    this.#functions.set(service.name, service);
    await service.scale(replicas);
  }

  async #oneByOne(name: string, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(name) ?? Promise.resolve();
    const now = before.catch(() => undefined).then(change);
    this.#changes.set(name, now);
    await now;
  }
}
