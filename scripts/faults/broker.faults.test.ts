import { afterEach, describe, expect, test } from '@jest/globals';
import { uploadShort } from '../testing/accepted.ts';
import { messagesWaiting, underAlarm } from '../testing/broker.ts';
import { provoke, restartConnector, takeAnswers, untilDeaf } from '../testing/connector.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { crash, restoreServers } from '../testing/servers.ts';
import { eventually, sweptUntilDone } from '../testing/service.ts';

afterEach(heal);

describe('the broker', () => {
  test('row 7: is away at publish: the upload is taken within 5 s, the sweep rings', async () => {
    await treat('rabbitmq', { kind: 'refuse' });
    const accepted = await uploadShort();
    expect(accepted.tookMs).toBeLessThan(5_000);
    await everyPromiseHolds([accepted]);
  });

  test('row 8: swallows everything: no request hangs', async () => {
    await treat('rabbitmq', { kind: 'black-hole' });
    const accepted = await uploadShort();
    expect(accepted.tookMs).toBeLessThan(5_000);
    await everyPromiseHolds([accepted]);
  });

  test('row 9: its confirm is lost: the bell rings twice, one MP3, one mail', async () => {
    // What every bell begins with: the header of a JWS.
    await treat('rabbitmq', { kind: 'lose-reply', containing: 'eyJ', times: 2 });
    await everyPromiseHolds([await uploadShort(), await uploadShort()]);
  });

  test('row 10: is killed with bells in its queue: they are there again, and heard', async () => {
    await provoke('T2', 1);
    await untilDeaf();
    const accepted = [await uploadShort(), await uploadShort(), await uploadShort()];
    const waiting = await eventually('a bell of each', async () => {
      const count = await messagesWaiting('video_uploaded');
      return count >= accepted.length ? count : undefined;
    });
    await treat('rabbitmq', { kind: 'refuse' });
    await crash('rabbitmq');
    await restoreServers();
    expect(await messagesWaiting('video_uploaded')).toBe(waiting);
    await heal();
    await restartConnector();
    await everyPromiseHolds(accepted);
  }, 240_000);

  test('row 11: raises an alarm: uploads are taken, the sweep carries', async () => {
    const accepted = await underAlarm(async () => {
      const taken = [await uploadShort(), await uploadShort()];
      for (const { tookMs, person, jobId } of taken) {
        expect(tookMs).toBeLessThan(5_000);
        await sweptUntilDone(person, jobId, 60_000);
      }
      // Not one bell came through: the sweep went to the functions itself.
      expect(await takeAnswers()).toEqual([]);
      return taken;
    });
    await everyPromiseHolds(accepted);
  }, 240_000);
});
