import { afterEach, describe, expect, test } from '@jest/globals';
import { uploadShort } from '../testing/accepted.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';

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
});
