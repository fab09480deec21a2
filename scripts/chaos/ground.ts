import { readFileSync } from 'node:fs';
import { createGatewayClient } from '../deploy/gateway-client.ts';
import { deployedRequest, emulatorProcesses } from '../platform/deployed.ts';
import { ffmpegsBelow } from '../platform/ffmpegs.ts';
import { bringUp, type Running, toolsDir } from '../platform/up.ts';
import { readRecord } from '../stack/records.ts';
import { startServers } from '../stack/servers.ts';

/** The servers that may be struck, by the names of their records. */
export type ServerName = 'postgres' | 'mongodb' | 'documentdb' | 'rabbitmq' | 'smtp';

/** A stack of its own that may be hurt. */
export interface Ground {
  readonly addresses: Running['addresses'];
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
  stop(): Promise<void>;
}

/** How long things take here: a run must not wait for a minute's lease. */
const variables = { V2M_LEASE_SECONDS: '6', V2M_DRAIN_SECONDS: '1' };

/** Brings up servers, emulator and functions below `root`. */
export async function createGround(
  root: string,
  options: { readonly install: boolean; readonly report: (line: string) => void },
): Promise<Ground> {
  const running = await bringUp({ root, variables, ...options });
  const functions = () => emulatorProcesses(root).functions;
  return {
    addresses: running.addresses,
    functionPids: (name) =>
      functions().flatMap((one) => (one.name === name ? (one.childPid ?? []) : [])),
    async redeploy(name) {
      const { gatewayUrl, gatewayUserFile, gatewayPasswordFile } = running.addresses;
      const client = createGatewayClient({
        gatewayUrl,
        user: readFileSync(gatewayUserFile, 'utf8').trim(),
        password: readFileSync(gatewayPasswordFile, 'utf8').trim(),
      });
      await client.deploy(deployedRequest(root, name));
    },
    serverPid: (name) => readRecord(root, name)?.process?.pid,
    ffmpegPids: () => ffmpegsBelow(functions().flatMap(({ childPid }) => childPid ?? [])),
    async restoreServers() {
      await startServers({ root, toolsDir, install: false, report: () => undefined });
    },
    stop: () => running.stop(),
  };
}
