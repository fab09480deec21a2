import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from '@jest/globals';
import { uploadAs, uploadShort } from '../testing/accepted.ts';
import { listeners } from '../testing/connector.ts';
import { random } from '../testing/fault-run.ts';
import { longFile } from '../testing/media.ts';
import { crashMachine, restoreMachine } from '../testing/machine.ts';
import { everyPromiseHolds } from '../testing/promises.ts';

const soundSeconds = 1_200;

describe('the whole machine', () => {
  test('row 42: everything is killed at once during work and started again', async () => {
    const long = await longFile(soundSeconds / 60);
    const accepted = [await uploadShort(), await uploadAs(long, { soundSeconds })];
    accepted.push(await uploadShort());
    await sleep(random.between(0, 3_000));
    await crashMachine();
    await restoreMachine();
    // A bell that rings while they start is answered by whoever is there, and rings again.
    await everyPromiseHolds(accepted, { copiesAllowed: 2, struck: listeners });
    // And it goes on as before.
    await everyPromiseHolds([await uploadShort()]);
  }, 240_000);
});
