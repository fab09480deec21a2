import { mkdirSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import { launch } from './launch.ts';
import type { RunRecord } from './records.ts';
import { type Stack, dataDir } from './stack.ts';

/** A mongod with its data on disk. */
export async function startMongod(stack: Stack, mongod: string, how: string): Promise<RunRecord> {
  const data = dataDir(stack.root, 'mongod');
  mkdirSync(data, { recursive: true });
  const port = await stack.ports.pick('mongodb');
  const address = `mongodb://127.0.0.1:${port}/video_to_mp3`;
  return launch(stack, {
    name: 'mongodb',
    how,
    address,
    command: mongod,
    args: ['--dbpath', data, '--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'],
    answers: () => answersMongodb(address),
  });
}

/** Resolves when the server behind `uri` answers a ping. */
export async function answersMongodb(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2_000 });
  try {
    await client.db().command({ ping: 1 });
  } finally {
    await client.close();
  }
}
