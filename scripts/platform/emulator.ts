import { join } from 'node:path';
import { launch, reuseOrStart } from '../stack/launch.ts';
import { isFree, PortBook } from '../stack/ports.ts';
import { endRecorded, readRecord } from '../stack/records.ts';
import { stackFile } from '../stack/stack-file.ts';
import type { CredentialFiles } from './credentials.ts';

/** How to start the emulator for a stack. */
export interface EmulatorStart extends CredentialFiles {
  readonly root: string;
  readonly checkout: string;
  readonly amqpUrl: string;
  /** Taken when it is free, else any free one that the stack remembers. */
  readonly preferredPort: number | undefined;
}

/** A running emulator. */
export interface RunningEmulator {
  readonly gatewayUrl: string;
  readonly pid: number;
  /** Whether this call started it. */
  readonly isOwn: boolean;
  /** Ends it if this call started it, also one that took its place since. */
  readonly stop: () => Promise<void>;
}

/** Starts the emulator as a process that outlives this one, or finds the one that runs. */
export async function startEmulator(start: EmulatorStart): Promise<RunningEmulator> {
  const { root } = start;
  const started: string[] = [];
  const record = await reuseOrStart({ root, started }, 'emulator', async () => {
    const port = await pickPort(start);
    const address = `http://127.0.0.1:${port}`;
    return launch(
      { root, env: process.env },
      {
        name: 'emulator',
        how: 'of this repository',
        address,
        command: process.execPath,
        // A small young generation: the buffers that flow through are let go of sooner.
        args: [
          '--max-semi-space-size=1',
          join(start.checkout, 'scripts/emulator/main.ts'),
          ...options(start, port),
        ],
        answers: async () => {
          const { ok, status } = await fetch(`${address}/healthz`);
          if (!ok) throw new Error(`/healthz answers ${status}`);
        },
      },
    );
  });
  return {
    gatewayUrl: record.address,
    pid: record.process?.pid ?? 0,
    isOwn: started.length > 0,
    stop: async () => {
      if (started.length > 0) await endRecorded(root, readRecord(root, 'emulator') ?? record);
    },
  };
}

async function pickPort({ root, preferredPort }: EmulatorStart): Promise<number> {
  const isPreferredFree = preferredPort !== undefined && (await isFree(preferredPort));
  return isPreferredFree ? preferredPort : new PortBook(root).pick('gateway');
}

function options(start: EmulatorStart, port: number): string[] {
  const { root, checkout } = start;
  return Object.entries({
    port: String(port),
    host: process.env['GATEWAY_HOST'] ?? '127.0.0.1',
    'pids-into': stackFile(root),
    state: join(root, 'emulator'),
    bundles: join(checkout, 'dist'),
    contexts: join(checkout, 'build'),
    template: join(checkout, 'template'),
    'user-file': start.gatewayUserFile,
    'password-file': start.gatewayPasswordFile,
    'amqp-url': start.amqpUrl,
    topology: join(checkout, 'deploy', 'rabbitmq', 'topology.yaml'),
  }).map(([name, value]) => `--${name}=${value}`);
}
