import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { PlatformAddresses } from './platform/platform.ts';
import { bringUp, toolsDir } from './platform/up.ts';
import { type ServerAddresses, startServers } from './stack/servers.ts';
import { terminalOutput } from './stack/terminal.ts';
import { runJest, type Totals } from './run/jest.ts';
import { lastingLeftovers, lookForTraces } from './run/leftovers.ts';

const usage = `npm test [-- KIND …] [-- --only TEXT] [-- --no-install]

  unit          no server, seconds
  integration   adapters on real servers, the emulator with small functions
  e2e           the whole pipeline: real bundles behind the emulator, real servers

Without a kind: all three. --only runs the test files whose path holds TEXT. The servers are
started (and installed, where that is allowed) for the tests alone, with data of their own below
.local/test, and stopped again.`;

const kinds = ['unit', 'integration', 'e2e'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    'no-install': { type: 'boolean' },
  },
});

const unknown = positionals.filter((name) => !kinds.includes(name));
if (values.help === true || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no kind of test called ${unknown.join(', ')}.\n`);
  console.log(usage);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const root = resolve(import.meta.dirname, '..');
const state = join(root, '.local', 'test');
const wanted = kinds.filter((kind) => positionals.length === 0 || positionals.includes(kind));
mkdirSync(state, { recursive: true });

const before = await lookForTraces(state);
const totals = wanted.every((kind) => kind === 'unit') ? await runAll({}) : await runOnServers();
for (const line of await lastingLeftovers(state, before, 5_000)) {
  console.error(`Left behind by the tests: ${line}`);
  totals.failed += 1;
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;

async function runOnServers(): Promise<Totals> {
  const up = wanted.includes('e2e') ? bringUp : startServers;
  const running = await up({
    root: state,
    toolsDir,
    install: values['no-install'] !== true,
    // A worker that dies is replaced within seconds, one that is told to stop gives back at once.
    variables: { V2M_LEASE_SECONDS: '6', V2M_DRAIN_SECONDS: '1' },
    ...terminalOutput(process.stderr),
  });
  const interrupt = () => void running.stop().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await runAll(environment(running.addresses));
  } finally {
    await running.stop();
  }
}

async function runAll(addresses: Readonly<Record<string, string>>): Promise<Totals> {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const kind of wanted) {
    // End to end, tests stop servers that all others need, and a busy machine takes its time.
    const order = kind === 'e2e' ? ['--runInBand', '--testTimeout=60000'] : [];
    const only = values.only === undefined ? [] : ['--passWithNoTests', '--', values.only];
    const args = [...order, ...only];
    const one = await runJest(kind, addresses, { reportDir: state, args });
    sum.passed += one.passed;
    sum.failed += one.failed;
    sum.skipped += one.skipped;
  }
  return sum;
}

/** What the tests find the servers by. */
function environment(
  addresses: ServerAddresses & Partial<PlatformAddresses>,
): Readonly<Record<string, string>> {
  return {
    STACK_ROOT: state,
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
