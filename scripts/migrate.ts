import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

const folder = fileURLToPath(new URL('../shared/adapters/postgres/migrations', import.meta.url));

const help = `Brings the database up to date.

  DATABASE_URL=postgres://user:password@host:port/database npm run migrate

Migrations are the numbered files of shared/adapters/postgres/migrations. Each runs once, in order,
all pending ones in one transaction; several at once wait for each other.`;

/** Runs what is pending and answers the names of the migrations that ran. */
export async function migrate(
  databaseUrl: string,
  report: (line: string) => void = () => undefined,
): Promise<readonly string[]> {
  const ran = await runner({
    databaseUrl,
    dir: folder,
    direction: 'up',
    migrationsTable: 'migrations',
    checkOrder: true,
    advisoryLockMode: 'wait',
    logger: { debug: report, info: () => undefined, warn: report, error: report },
  });
  return ran.map(({ name }) => name);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  const { DATABASE_URL: databaseUrl } = process.env;
  if (values.help === true) {
    console.log(help);
  } else if (databaseUrl === undefined || databaseUrl === '') {
    console.error(`DATABASE_URL is not set.\n\n${help}`);
    process.exitCode = 1;
  } else {
    const ran = await migrate(databaseUrl);
    console.log(ran.length === 0 ? 'Up to date.' : `Ran ${ran.join(', ')}.`);
  }
}

if (import.meta.main) await main();
