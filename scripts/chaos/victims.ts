import { createGatewayClient } from '../deploy/gateway-client.ts';
import { readCredentials } from '../platform/credentials.ts';
import { deployedRequest, emulatorProcesses } from '../platform/deployed.ts';
import { ffmpegsBelow } from '../platform/ffmpegs.ts';
import { toolsDir } from '../platform/up.ts';
import { readRecord } from '../stack/records.ts';
import { startServers } from '../stack/servers.ts';
import type { StackEnvironment } from '../stack/stack.ts';

/** The servers that may be struck, by the names of their records. */
export type ServerName = 'postgres' | 'mongodb' | 'documentdb' | 'rabbitmq' | 'smtp';

/** What faults can strike of a service that runs. */
export interface Victims {
  /** Processes that serve a function now. */
  functionPids(name: string): readonly number[];
  /** Replaces a function as a new version would: the old process is told to end. */
  redeploy(name: string): Promise<void>;
  /** Undefined for a server that is not ours (given by its address), or down. */
  serverPid(name: ServerName): number | undefined;
  /** Every ffmpeg and ffprobe at work here. */
  ffmpegPids(): readonly number[];
  /** Starts again whatever server is down, at its old address, with its data. */
  restoreServers(): Promise<void>;
}

/** Whatever runs for `root` behind this gateway; `env` may give servers by their addresses. */
export function victimsOf(place: {
  readonly root: string;
  readonly gatewayUrl: string;
  readonly env: StackEnvironment;
}): Victims {
  const { root, gatewayUrl, env } = place;
  const functions = () => emulatorProcesses(root).functions;
  return {
    functionPids: (name) =>
      functions().flatMap((one) => (one.name === name ? (one.childPid ?? []) : [])),
    async redeploy(name) {
      const client = createGatewayClient({ gatewayUrl, ...readCredentials(root) });
      await client.deploy(deployedRequest(root, name));
    },
    serverPid: (name) => readRecord(root, name)?.process?.pid,
    ffmpegPids: () => ffmpegsBelow(functions().flatMap(({ childPid }) => childPid ?? [])),
    async restoreServers() {
      await startServers({ root, toolsDir, install: false, env, report: () => undefined });
    },
  };
}
