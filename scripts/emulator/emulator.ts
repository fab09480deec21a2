import { mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';

import { startAsync, type AsyncOptions } from './async/async.ts';
import { CONTROL_PATH, createControlServer, type Controlled } from './connector/control.ts';
import { FlawSwitches } from './connector/flaw-switches.ts';
import type { FlawSetting } from './connector/flaws.ts';
import { newStatus } from './connector/status.ts';
import type { Exchange } from './connector/topology.ts';
import { startCron } from './cron/cron.ts';
import { basicAuthorization, type Credentials } from './gateway/basic-auth.ts';
import { functionRoutes } from './gateway/function-endpoints.ts';
import { createGateway } from './gateway/gateway.ts';
import { infoRoutes } from './gateway/info-endpoints.ts';
import { createInvoke, type GatewayTimeouts } from './gateway/invoke.ts';
import { logRoutes } from './gateway/log-endpoints.ts';
import { createMetricsServer } from './gateway/metrics-server.ts';
import { Metrics } from './gateway/metrics.ts';
import { namespaceRoutes } from './gateway/namespace-endpoints.ts';
import { scaleRoutes } from './gateway/scale-endpoints.ts';
import { secretRoutes } from './gateway/secret-endpoints.ts';
import { createSystemApi } from './gateway/system-api.ts';
import { listen, listenOnFreePort } from './http/server.ts';
import { installConnector } from './install-connector.ts';
import type { Mode } from './mode.ts';
import {
  killLeftovers,
  runningFunctions,
  writePidsInto,
  writeProcesses,
  type RunInfo,
} from './processes.ts';
import type { CodePlaces } from './provider/code.ts';
import { LogStore } from './provider/log-store.ts';
import { Provider } from './provider/provider.ts';
import { RULES } from './provider/rules.ts';
import { SecretStore } from './provider/secret-store.ts';

export interface RabbitMq {
  readonly url: string;
  readonly topology: readonly Exchange[];
  readonly mapRefreshMs: number;
}

export interface EmulatorOptions {
  /** 'auto': 8080, or any free one when it is taken. */
  readonly port: number | 'auto';
  /** Where the gateway listens: 127.0.0.1, or 0.0.0.0 in a container. */
  readonly host: string;
  readonly mode: Mode;
  /**
   * What a function gets between SIGTERM and SIGKILL: Kubernetes' 30 s, or faasd's grace_period.
   */
  readonly gracePeriodMs: number;
  /** Whether a stopped function waits its healthcheck_interval out, as of-watchdog does. */
  readonly isDrainExact: boolean;
  /** Secrets, unpacked code, logs and processes.json. */
  readonly state: string;
  /** A JSON file of the caller's whose member `functions` is kept as name → process id. */
  readonly pidsInto: string | undefined;
  readonly places: CodePlaces;
  readonly credentials: Credentials;
  readonly timeouts: GatewayTimeouts;
  /** The gateway's scale_from_zero: off, an unknown function is 503 instead of 404. */
  readonly isScaleFromZero: boolean;
  /** Undefined: /async-function is 404, as without NATS. */
  readonly async: AsyncOptions | undefined;
  readonly rabbitMq: RabbitMq | undefined;
  /** Flaws of the connector that are provoked from the start. */
  readonly flaws: readonly FlawSetting[];
  readonly cronRebuildMs: number;
  readonly report: (line: string) => void;
}

export interface Emulator extends RunInfo {
  /** Stops what calls functions, then the functions, then the gateway. */
  readonly stop: () => Promise<void>;
  /** Kills every function without a warning. */
  readonly kill: () => void;
}

const GATEWAY_PORT = 8080;
const METRICS_PORT = 8082;
const CONTROL_PORT = 8083;

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { state, report, credentials } = options;
  const processes = join(state, 'processes.json');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  for (const name of killLeftovers(processes)) report(`stopped ${name}, left by an earlier run`);
  const directory = join(state, 'functions');
  rmSync(directory, { recursive: true, force: true });

  const rules = RULES[options.mode];
  const secrets = new SecretStore(join(state, 'secrets'), rules);
  const logs = new LogStore(join(state, 'log'));
  const metrics = new Metrics();
  const changed = (): void => {
    const functions = runningFunctions(provider);
    writeProcesses(processes, info, functions);
    if (options.pidsInto !== undefined) writePidsInto(options.pidsInto, functions);
  };
  const { places } = options;
  const stopManner = {
    graceMs: options.gracePeriodMs,
    isWholeGroup: rules.signalsWholeGroup,
    isDrainExact: options.isDrainExact,
  };
  const around = { logs, stopManner, report, changed };
  const provider = new Provider({ ...around, rules, places, secrets, directory });
  const routes = {
    ...functionRoutes(provider, metrics),
    ...scaleRoutes(provider),
    ...secretRoutes(secrets, rules),
    ...logRoutes(provider, logs),
    ...infoRoutes(rules),
    ...namespaceRoutes(rules),
  };
  const systemApi = createSystemApi(routes, options.timeouts);
  const reportCall = (line: string) => report(`gateway: ${line}`);
  const invoke = createInvoke(provider, metrics, { ...options, report: reportCall });
  const asyncCalls =
    options.async &&
    startAsync({
      ...options.async,
      limits: options.timeouts,
      gatewayUrl: () => info.gatewayUrl,
      report: (line) => report(`async: ${line}`),
    });
  const { enqueue } = asyncCalls ?? {};
  const gateway = createGateway({ credentials, invoke, systemApi, enqueue });
  const metricsServer = createMetricsServer(metrics, provider);
  const controlled = { flaws: new FlawSwitches(options.flaws), status: newStatus() };
  const control = options.rabbitMq && createControlServer(controlled);
  const info = await open(gateway, { metricsServer, control }, options);
  changed();
  const stopCallers = startCallers(options, info.gatewayUrl, { provider, ...controlled });
  const stop = async (): Promise<void> => {
    asyncCalls?.stop();
    await stopCallers();
    await provider.close();
    for (const server of [gateway, metricsServer, control]) closeServer(server);
    changed();
    await logs.close();
  };
  return { ...info, stop, kill: () => void killLeftovers(processes) };
}

async function open(
  gateway: Server,
  { metricsServer, control }: { metricsServer: Server; control: Server | undefined },
  { port, host }: EmulatorOptions,
): Promise<RunInfo> {
  const gatewayPort =
    port === 'auto'
      ? await listenOnFreePort(gateway, GATEWAY_PORT, host)
      : await listen(gateway, port, host);
  const metricsPort = await listenOnFreePort(metricsServer, METRICS_PORT);
  const controlPort = control && (await listenOnFreePort(control, CONTROL_PORT));
  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    controlUrl:
      controlPort === undefined ? undefined : `http://127.0.0.1:${controlPort}${CONTROL_PATH}`,
    pid: process.pid,
  };
}

/** The connectors, which are programs of their own that only know the gateway's URL. */
function startCallers(
  { credentials, rabbitMq, cronRebuildMs, report }: EmulatorOptions,
  gatewayUrl: string,
  { provider, flaws, status }: Controlled & { readonly provider: Provider },
): () => Promise<void> {
  const authorization = basicAuthorization(credentials);
  const stopCron = startCron({
    gatewayUrl,
    authorization,
    rebuildIntervalMs: cronRebuildMs,
    report: (line) => report(`cron: ${line}`),
  });
  if (rabbitMq === undefined) return stopCron;
  const connector = {
    amqpUrl: rabbitMq.url,
    gatewayUrl,
    authorization,
    topology: rabbitMq.topology,
    mapRefreshMs: rabbitMq.mapRefreshMs,
    flaws,
    status,
    report: (line: string) => report(`connector: ${line}`),
  };
  const stopConnector = installConnector(connector, provider);
  return async () => {
    await Promise.all([stopCron(), stopConnector()]);
  };
}

function closeServer(server: Server | undefined): void {
  server?.close();
  server?.closeAllConnections();
}
