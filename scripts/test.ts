import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startProxies } from './faults/proxies.ts';
import type { PlatformAddresses } from './platform/platform.ts';
import { bringUp, toolsDir } from './platform/up.ts';
import { runJest, type Totals } from './run/jest.ts';
import { lastingLeftovers, lookForTraces } from './run/leftovers.ts';
import { resetStack } from './stack/reset.ts';
import { type ServerAddresses, startServers } from './stack/servers.ts';
import { terminalOutput } from './stack/terminal.ts';
import { interruption } from './start/interrupt.ts';

const usage = `npm test [-- KIND …] [-- --only TEXT] [-- --title TEXT] [-- --seed N] [-- --full]
                [-- --no-install]

  unit          no server, seconds
  integration   adapters on real servers, the emulator with small functions
  e2e           the whole pipeline: real bundles behind the emulator, real servers
  faults        the same while servers, networks and processes fail

Without a kind: all four. --only runs the test files whose path holds TEXT, --title the tests
whose title does; --seed plays the faults of that seed again; --full runs all of them in their full
size, one by one, for hours. The servers are started (and installed, where that is allowed) for the
tests alone, with data of their own below .local/test, and stopped again.`;

const kinds = ['unit', 'integration', 'e2e', 'faults'] as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    title: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    full: { type: 'boolean', default: false },
    'no-install': { type: 'boolean' },
  },
});

const unknown = positionals.filter((name) => !kinds.some((kind) => kind === name));
if (values.help === true || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no kind of test called ${unknown.join(', ')}.\n`);
  console.log(usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const state = join(resolve(import.meta.dirname, '..'), '.local', 'test');
mkdirSync(state, { recursive: true });

/** Stacks that fault tests run on, each by itself; what is chosen or measured runs alone. */
const lanes = (values.only !== undefined || values.full ? [1] : [1, 2]).map((lane) =>
  join(state, `faults-${lane}`),
);

type Kind = (typeof kinds)[number];
type Environment = Readonly<Record<string, string>>;

const stack = {
  root: state,
  toolsDir,
  install: values['no-install'] !== true,
  variables: {
    // A worker that dies is replaced within seconds and loses little, one that is told to stop
    // gives back at once.
    ...{ V2M_LEASE_SECONDS: '6', V2M_CHECKPOINT_SECONDS: '1', V2M_DRAIN_SECONDS: '1' },
    // Whoever waits for a sweep does not wait long.
    ...{ V2M_SWEEP_EVERY: '10s', V2M_SWEEP_PAUSE_SECONDS: '0' },
  },
  ...terminalOutput(process.stderr),
};

/** Brings up what each kind needs, and says where it is. The later reuse what the earlier made. */
const grounds: Record<Kind, () => Promise<Environment>> = {
  unit: () => Promise.resolve({}),
  // A second decoder, to judge MP3s by.
  integration: async () => standOn(state, await startServers({ ...stack, programs: ['mpg123'] })),
  // Only now: the connector would take what the adapters' tests publish.
  e2e: async () => standOn(state, await bringUp(stack)),
  faults: bringUpLanes,
};

/** A busy machine takes its time; end to end, tests stop servers that all others need. */
const jestArguments: Record<Kind, readonly string[]> = {
  unit: ['--testTimeout=20000'],
  integration: ['--testTimeout=60000', '--maxWorkers=2'],
  e2e: ['--testTimeout=60000', '--runInBand'],
  faults: ['--testTimeout=300000', `--maxWorkers=${lanes.length}`],
};

const stops: Up['stop'][] = [];
const interrupted = new AbortController();
void interruption(stack.report).then(() => interrupted.abort());

const roots = [state, ...lanes];
const before = await lookForTraces(roots);
const totals = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const kind of kinds) {
    const isWanted = positionals.length === 0 || positionals.includes(kind);
    if (isWanted && !interrupted.signal.aborted) add(await runKind(kind));
  }
} finally {
  await stopAll();
}
if (interrupted.signal.aborted) process.exit(130);
for (const line of await lastingLeftovers(roots, before, 5_000)) {
  console.error(`Left behind by the tests: ${line}`);
  add({ passed: 0, failed: 1, skipped: 0 });
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

async function runKind(kind: Kind): Promise<Totals> {
  const environment = await grounds[kind]();
  const only = values.only === undefined ? [] : ['--passWithNoTests', '--', values.only];
  const title = values.title === undefined ? [] : ['--testNamePattern', values.title];
  const args = [...jestArguments[kind], ...title, ...only];
  const size = { TEST_SIZE: values.full ? 'full' : 'reduced' };
  const { signal } = interrupted;
  return runJest(kind, { ...environment, ...size }, { reportDir: state, args, signal });
}

/** The last that came up goes down first. */
async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
}

function add({ passed, failed, skipped: passedOver }: Totals): void {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += passedOver;
}

/** Fault tests wait more than they work, so each of these lanes takes the next file of them. */
async function bringUpLanes(): Promise<Environment> {
  await stopAll();
  const environments: Environment[] = [];
  // One after the other: two at once would find the same ports free.
  for (const root of lanes) environments.push(await bringUpLane(root));
  console.error(`faults: seed ${values.seed}`);
  return { LANES: JSON.stringify(environments), FAULTS_SEED: values.seed };
}

/**
 * The functions reach their servers through proxies, which the tests control. Data of their own,
 * new each time: after each fault, everything that is there is judged.
 */
async function bringUpLane(root: string): Promise<Environment> {
  await resetStack(root, toolsDir);
  let controlUrl = '';
  const running = await bringUp({
    ...stack,
    root,
    between: async (servers) => {
      const proxies = await startProxies(servers);
      ({ controlUrl } = proxies);
      return proxies;
    },
  });
  return { ...standOn(root, running), PROXIES_URL: controlUrl };
}

/** Servers alone, or with the platform on them. */
interface Up {
  readonly addresses: ServerAddresses & Partial<PlatformAddresses>;
  readonly stop: () => Promise<void>;
}

/** Stops it in the end; what the tests find it by. */
function standOn(root: string, { addresses, stop }: Up): Environment {
  stops.push(stop);
  return {
    STACK_ROOT: root,
    ...(addresses.gatewayUrl !== undefined && { GATEWAY_URL: addresses.gatewayUrl }),
    DATABASE_URL: addresses.databaseUrl,
    MONGODB_URI: addresses.mongodbUri,
    AMQP_URL: addresses.amqpUrl,
    SMTP_URL: addresses.smtpUrl,
    MAIL_DIR: addresses.mailDir,
    FFMPEG_PATH: addresses.ffmpegPath,
    FFPROBE_PATH: addresses.ffprobePath,
  };
}
