import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { createGatewayClient } from '../deploy/gateway-client.ts';
import { type DeploymentRequest, readStackFile } from '../deploy/stack-file.ts';
import { bringUp, type Running, toolsDir } from '../platform/up.ts';
import { listPids, parentOf, programOf } from '../stack/process-table.ts';
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

const checkout = resolve(import.meta.dirname, '..', '..');

/** How long things take here: a run must not wait for a minute's lease. */
const variables = { V2M_LEASE_SECONDS: '6', V2M_DRAIN_SECONDS: '1' };

/** Brings up servers, emulator and functions below `root`. */
export async function createGround(
  root: string,
  options: { readonly install: boolean; readonly report: (line: string) => void },
): Promise<Ground> {
  const running = await bringUp({ root, variables, ...options });
  const functions = () => readProcesses(root);
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

const Deployed = v.object({ variables: v.record(v.string(), v.string()) });

function deployedRequest(root: string, name: string): DeploymentRequest {
  const text = readFileSync(join(root, 'emulator', 'deployed.json'), 'utf8');
  const { variables } = v.parse(Deployed, JSON.parse(text));
  const requests = readStackFile({ path: join(checkout, 'stack.yml'), root: checkout, variables });
  const request = requests.find(({ service }) => service === name);
  if (request === undefined) throw new TypeError(`stack.yml has no ${name}`);
  return request;
}

const Processes = v.object({
  functions: v.array(v.object({ name: v.string(), childPid: v.optional(v.number()) })),
});

function readProcesses(root: string) {
  const text = readFileSync(join(root, 'emulator', 'processes.json'), 'utf8');
  return v.parse(Processes, JSON.parse(text)).functions;
}

function ffmpegsBelow(roots: readonly number[]): readonly number[] {
  const isBelow = (pid: number): boolean => {
    const parent = parentOf(pid);
    return parent !== undefined && parent > 1 && (roots.includes(parent) || isBelow(parent));
  };
  return listPids().filter((pid) => /^ff(mpeg|probe)$/.test(programOf(pid)) && isBelow(pid));
}
