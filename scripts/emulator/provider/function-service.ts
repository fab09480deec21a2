import { join } from 'node:path';

import { unpackImage, type Image } from './code.ts';
import type { Deployment } from './deployment.ts';
import type { LogStore } from './log-store.ts';
import { Replica } from './replica.ts';
import type { SecretStore } from './secret-store.ts';

const LAST_LINES = 20;

export interface Surroundings {
  /** Holds one folder per function. */
  readonly directory: string;
  readonly secrets: SecretStore;
  readonly logs: LogStore;
  readonly report: (line: string) => void;
  readonly changed: () => void;
}

/** A deployed function: its code unpacked, its environment, its replicas. */
export class FunctionService {
  readonly deployment: Deployment;
  readonly createdAt = new Date().toISOString();
  readonly #directory: string;
  readonly #env: Record<string, string>;
  readonly #around: Surroundings;
  readonly #replicas: Replica[] = [];
  #turn = 0;

  constructor(deployment: Deployment, image: Image, around: Surroundings) {
    const home = join(around.directory, deployment.service);
    this.deployment = deployment;
    this.#around = around;
    this.#directory = join(home, 'home');
    this.#env = environmentOf(deployment, image, join(home, 'secrets'));
    unpackImage(image, home, this.#directory);
    around.secrets.linkInto(join(home, 'secrets'), deployment.secrets);
  }

  get name(): string {
    return this.deployment.service;
  }

  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** Resolves when replicas that are too many have stopped. */
  async scale(count: number): Promise<void> {
    while (this.#replicas.length < count) this.#replicas.push(this.#startReplica());
    await Promise.all(this.#replicas.splice(count).map((replica) => replica.stop()));
  }

  /** The watchdog whose turn it is, those called available first. */
  nextPort(): number | undefined {
    const available = this.#replicas.filter((replica) => replica.isAvailable);
    this.#turn += 1;
    return available[this.#turn % available.length]?.watchdog?.port;
  }

  #startReplica(): Replica {
    const { logs, changed, report } = this.#around;
    return new Replica(this.#directory, this.#env, {
      changed,
      log: (line) => logs.append(this.name, line),
      died: ({ code, signal }) => {
        const last = logs.tail(this.name, LAST_LINES).map(({ text }) => `  ${this.name} | ${text}`);
        const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
        report([`${this.name} died (${how}); its last lines:`, ...last].join('\n'));
      },
    });
  }
}

/** What the image sets, then what was deployed; where secrets lie is ours to say. */
function environmentOf(deployment: Deployment, image: Image, secrets: string) {
  const command = deployment.envProcess === '' ? {} : { fprocess: deployment.envProcess };
  return { ...image.env, ...deployment.envVars, ...command, OPENFAAS_SECRETS_DIR: secrets };
}
