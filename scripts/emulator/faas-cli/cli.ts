/**
 * faas-cli without faas-cli: its requests, byte for byte where it matters, what it takes for
 * success, and how it exits. A session begins logged out. Only what differs between installations
 * is printed as the CLI prints it; tables and colours are not imitated.
 */
import type { Credentials } from '../gateway/basic-auth.ts';
import {
  deploy,
  describeFunction,
  list,
  remove,
  type DeployFlags,
  type Sent,
} from './functions.ts';
import { CliError, Gateway } from './gateway.ts';
import { login, namespaces, ready, version } from './installation.ts';
import { invoke, type InvokeFlags } from './invoke.ts';
import { logs, type LogFlags } from './logs.ts';
import { listSecrets, removeSecret, writeSecret } from './secrets.ts';

/** How one command ended. */
export interface Run {
  readonly exitCode: 0 | 1;
  readonly output: string;
}

export class FaasCli {
  readonly #gateway: Gateway;

  constructor(gatewayUrl: string) {
    this.#gateway = new Gateway(gatewayUrl);
  }

  login(credentials: Credentials): Promise<Run> {
    return run(login(this.#gateway, credentials));
  }

  version(): Promise<Run> {
    return run(version(this.#gateway));
  }

  ready(name?: string): Promise<Run> {
    return run(ready(this.#gateway, name));
  }

  namespaces(): Promise<Run> {
    return run(namespaces(this.#gateway));
  }

  deploy(functions: readonly Sent[], flags?: DeployFlags): Promise<Run> {
    return run(deploy(this.#gateway, functions, flags));
  }

  remove(name: string): Promise<Run> {
    return run(remove(this.#gateway, name));
  }

  list(): Promise<Run> {
    return run(list(this.#gateway));
  }

  describe(name: string): Promise<Run> {
    return run(describeFunction(this.#gateway, name));
  }

  invoke(name: string, stdin: string, flags?: InvokeFlags): Promise<Run> {
    return run(invoke(this.#gateway, name, stdin, flags));
  }

  logs(name: string, flags?: LogFlags): Promise<Run> {
    return run(logs(this.#gateway, name, flags));
  }

  secretCreate(name: string, content: string): Promise<Run> {
    return run(writeSecret(this.#gateway, 'POST', name, Buffer.from(content)));
  }

  secretUpdate(name: string, content: string): Promise<Run> {
    return run(writeSecret(this.#gateway, 'PUT', name, Buffer.from(content)));
  }

  secretList(): Promise<Run> {
    return run(listSecrets(this.#gateway));
  }

  secretRemove(name: string): Promise<Run> {
    return run(removeSecret(this.#gateway, name));
  }
}

async function run(command: Promise<string>): Promise<Run> {
  try {
    return { exitCode: 0, output: await command };
  } catch (error) {
    if (error instanceof CliError) return { exitCode: 1, output: error.message };
    throw error;
  }
}
