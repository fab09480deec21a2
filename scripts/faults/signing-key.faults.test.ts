import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSecrets } from '../keys.ts';
import { uploadShort } from '../testing/accepted.ts';
import { purgeQueues } from '../testing/broker.ts';
import {
  listeners,
  provoke,
  restartConnector,
  takeAnswers,
  untilDeaf,
} from '../testing/connector.ts';
import { putSecret, redeploy } from '../testing/processes.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { eventually, service, sweptUntilDone } from '../testing/service.ts';
import { letPass } from '../testing/stored.ts';

const signing = ['upload', 'jobs', 'sweep', 'convert'];

/** A set of keys, as the two secrets hold it. */
interface Keys {
  readonly privateKeys: readonly object[];
  readonly publicKeys: readonly object[];
}

async function readKeys(folder: string): Promise<Keys> {
  const read = async (kind: string) => {
    const text = await readFile(join(folder, `event-${kind}-keys`), 'utf8');
    return (JSON.parse(text) as { keys: object[] }).keys;
  };
  return { privateKeys: await read('private'), publicKeys: await read('public') };
}

async function newKeys(): Promise<Keys> {
  const folder = await mkdtemp(join(tmpdir(), 'keys-'));
  await createSecrets(folder);
  const keys = await readKeys(folder);
  await rm(folder, { recursive: true });
  return keys;
}

/** From now on bells are signed with the first private key, and heard by all public ones. */
async function use({ privateKeys, publicKeys }: Keys): Promise<void> {
  await putSecret('event-private-keys', JSON.stringify({ keys: privateKeys }));
  await putSecret('event-public-keys', JSON.stringify({ keys: publicKeys }));
  await Promise.all([...new Set([...signing, ...listeners])].map((name) => redeploy(name)));
}

/** A job whose bell waits in its queue, signed by the key that is used now. */
async function bellQueued() {
  await provoke('T2', 1);
  await untilDeaf();
  return uploadShort();
}

let old: Keys;
beforeEach(async () => {
  old = await readKeys(join(service.root, 'secrets', 'functions'));
});
// As docs/operations.md allows: what is in a queue says nothing that the store does not know.
afterEach(async () => {
  // What is being refused at this moment is given back, and goes with the rest.
  await provoke('T2', 1);
  await untilDeaf();
  await purgeQueues();
  await restartConnector();
}, 60_000);

describe('the signing key', () => {
  test('row 37: is rotated with an overlap: bells of the old one are heard', async () => {
    const accepted = await bellQueued();
    const next = await newKeys();
    await use({
      privateKeys: [...next.privateKeys, ...old.privateKeys],
      publicKeys: [...next.publicKeys, ...old.publicKeys],
    });
    await restartConnector();
    const later = await uploadShort();
    for (const { person, jobId } of [accepted, later]) {
      expect(await person.client.watch(jobId)).toMatchObject({ state: 'done', attempt: 1 });
    }
    await everyPromiseHolds([accepted, later]);
  }, 180_000);

  test('row 37: is rotated without one: old bells are refused, the sweep carries on', async () => {
    const accepted = await bellQueued();
    await use(await newKeys());
    await restartConnector();
    await eventually('the old bell to be refused', async () => {
      const answers = await takeAnswers();
      return answers.some(({ status }) => status === 401) ? true : undefined;
    });
    await letPass(30);
    await sweptUntilDone(accepted.person, accepted.jobId, 60_000);
    // The old bell is refused until it expires.
    await everyPromiseHolds([accepted, await uploadShort()], { struck: ['convert'] });
  }, 180_000);
});
