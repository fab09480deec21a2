import { join, resolve } from 'node:path';
import { Progress, type ProgressOutput } from '../stack/progress.ts';
import { type ServerAddresses, startServers } from '../stack/servers.ts';
import { removeStackFile, writeStackFile } from '../stack/stack-file.ts';
import { type PlatformAddresses, startPlatform } from './platform.ts';

/** Everything that runs: servers, gateway, functions. */
export interface Running {
  readonly addresses: ServerAddresses & PlatformAddresses;
  /** Ends what this call started, and nothing else. */
  readonly stop: () => Promise<void>;
}

/** How to bring it up. */
export interface UpOptions extends ProgressOutput {
  /** State folder: `.local`, or `.local/test` for the tests. */
  readonly root: string;
  /** Whether anything may be downloaded or installed. */
  readonly install: boolean;
  /** The gateway's port, where it is free. */
  readonly preferredPort?: number;
  /** Variables of stack.yml besides the addresses. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Puts something between the functions and their servers. */
  readonly between?: (servers: ServerAddresses) => Promise<Between>;
}

/** What stands between the functions and their servers. */
export interface Between {
  /** The servers as the functions see them. */
  readonly addresses: ServerAddresses;
  readonly stop: () => Promise<void>;
}

const checkout = resolve(import.meta.dirname, '..', '..');

/** Programs that were downloaded or built, shared by all stacks of this checkout. */
export const toolsDir = join(checkout, '.local', 'tools');

/** Brings up servers and platform, and writes their addresses to `<root>/stack.json`. */
export async function bringUp(options: UpOptions): Promise<Running> {
  const { root } = options;
  const servers = await startServers({ ...options, toolsDir });
  const between = await options.between?.(servers.addresses);
  const stopServers = async () => {
    await between?.stop();
    await servers.stop();
  };
  try {
    const progress = new Progress(options);
    const seen = between?.addresses ?? servers.addresses;
    const platform = await startPlatform({ ...options, servers: seen, progress });
    const addresses = { ...servers.addresses, ...platform.addresses };
    writeStackFile(root, { ...addresses, functions: platform.functions });
    return {
      addresses,
      stop: async () => {
        if (platform.isOwn) removeStackFile(root);
        await platform.stop();
        await stopServers();
      },
    };
  } catch (error) {
    await stopServers();
    throw error;
  }
}
