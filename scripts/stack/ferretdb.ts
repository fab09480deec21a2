import { mkdirSync } from 'node:fs';
import { startDocumentdb } from './documentdb.ts';
import { launch, reuseOrStart } from './launch.ts';
import { answersMongodb } from './mongod.ts';
import type { RunRecord } from './records.ts';
import { type Stack, dataDir } from './stack.ts';
import { FERRETDB_VERSION, ferretdbProgram } from './ferretdb-install.ts';

/** FerretDB 2 on its own Postgres: a MongoDB-compatible server from Debian and Go packages. */
export async function startFerretdb(stack: Stack, why: string): Promise<RunRecord> {
  const database = await reuseOrStart(stack, 'documentdb', () => startDocumentdb(stack));
  return reuseOrStart(stack, 'mongodb', () => startProxy(stack, database.address, why));
}

async function startProxy(stack: Stack, postgresUrl: string, why: string): Promise<RunRecord> {
  const state = dataDir(stack.root, 'ferretdb');
  mkdirSync(state, { recursive: true });
  const port = await stack.ports.pick('mongodb');
  const address = `mongodb://127.0.0.1:${port}/video_to_mp3`;
  return launch(stack, {
    name: 'mongodb',
    how: `FerretDB ${FERRETDB_VERSION} (${why})`,
    address,
    command: ferretdbProgram(stack.toolsDir),
    args: [
      `--postgresql-url=${postgresUrl}`,
      `--listen-addr=127.0.0.1:${port}`,
      '--no-auth',
      `--state-dir=${state}`,
      '--telemetry=disable',
      '--debug-addr=-',
    ],
    answers: () => answersMongodb(address),
  });
}
