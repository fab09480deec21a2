import type { Mode } from '../emulator/mode.ts';

/** A RabbitMQ whose connector calls the functions of this gateway. */
export interface Broker {
  readonly url: string;
  readonly exchange: string;
  /** One that no other function listens to. */
  readonly topic: string;
}

/** What is known of one OpenFaaS. Whatever is undefined cannot be looked at, or not be assumed. */
export interface Installation {
  readonly gatewayUrl: string;
  readonly user: string;
  readonly password: string;
  readonly mode: Mode;
  /** Where a provider that runs plain processes finds a function by its name. */
  readonly contexts: string;
  /** Of the probe, for a provider that runs containers. */
  readonly image: string;
  /** The emulator's processes.json: the processes are on this machine. */
  readonly processesFile: string | undefined;
  readonly metricsUrl: string | undefined;
  readonly upstreamTimeoutMs: number | undefined;
}

/** How an emulator differs from its defaults. */
export interface Settings {
  readonly hasAsync?: true;
  readonly isScaleFromZero?: false;
  readonly upstreamTimeout?: string;
  readonly writeTimeout?: string;
  readonly cronRebuild?: string;
  readonly broker?: Broker;
}
