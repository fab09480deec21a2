import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from './markdown/table.ts';
import { copyCheckout } from './guards/copy.ts';
import type { Guard } from './guards/guard.ts';
import { guards } from './guards/guards.ts';
import { type Outcome, tryTests } from './guards/trial.ts';
import { toolsDir } from './platform/up.ts';
import { startServers } from './stack/servers.ts';
import { terminalOutput } from './stack/terminal.ts';

const usage = `npm run guards [-- --only I2] [-- --no-install]

Breaks, one at a time and in a copy, what keeps the promises of the service, and demands that a
test goes red for each. Ends with 1 when one stays green.`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    only: { type: 'string' },
    'no-install': { type: 'boolean' },
  },
});
if (values.help === true) {
  console.log(usage);
  process.exit(0);
}

const checkout = resolve(import.meta.dirname, '..');
const chosen = guards.filter(({ invariant }) => (values.only ?? invariant) === invariant);
const servers = await startServers({
  root: join(checkout, '.local', 'guards'),
  toolsDir,
  install: values['no-install'] !== true,
  ...terminalOutput(process.stderr),
});
try {
  const rows = await tryAll(chosen, { DATABASE_URL: servers.addresses.databaseUrl });
  console.log(table([['', 'What is broken', 'Test', 'Whole', 'Broken'], ...rows.map(cells)]));
  const bad = rows.filter(({ whole, broken }) => whole !== 'green' || broken !== 'red');
  console.log(`${rows.length - bad.length} of ${rows.length} broken guards turn a test red`);
  if (bad.length > 0 || rows.length === 0) process.exitCode = 1;
} finally {
  await servers.stop();
}

interface Row {
  readonly guard: Guard;
  readonly whole: Outcome;
  readonly broken: Outcome;
}

async function tryAll(all: readonly Guard[], environment: Record<string, string>): Promise<Row[]> {
  const copy = await copyCheckout(checkout);
  const rows: Row[] = [];
  try {
    for (const [kind, alike] of Map.groupBy(all, ({ test }) => test.kind)) {
      console.error(`${kind}: ${alike.length} guards, first whole`);
      const tests = alike.map(({ test }) => test);
      const whole = await tryTests(copy.folder, tests, environment);
      for (const guard of alike) {
        const outcome = await copy.whileBroken(guard, () =>
          tryTests(copy.folder, [guard.test], environment),
        );
        rows.push({ guard, whole: whole(guard.test), broken: outcome(guard.test) });
        console.error(`  ${outcome(guard.test)}: ${guard.invariant}, ${guard.broken}`);
      }
    }
  } finally {
    await copy.remove();
  }
  return all.flatMap((guard) => rows.filter((row) => row.guard === guard));
}

function cells({ guard, whole, broken }: Row): readonly string[] {
  const { kind, title } = guard.test;
  return [guard.invariant, guard.broken, `${kind}: ${title}`, whole, broken];
}
