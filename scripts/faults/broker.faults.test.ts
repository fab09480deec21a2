import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mediaFile } from '../testing/media.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { heal, treat } from '../testing/proxies.ts';
import { newPerson } from '../testing/service.ts';

const soundSeconds = 1;
let video = '';
beforeAll(async () => {
  video = await mediaFile('sound.m4a', soundSeconds);
});
afterEach(heal);

/** Uploads one video; how long the answer took. */
async function upload() {
  const { client } = await newPerson();
  const startedAt = performance.now();
  const { id } = await client.upload(video);
  return { jobId: id, tookMs: performance.now() - startedAt, ends: { soundSeconds } };
}

describe('the broker', () => {
  test('row 7: is away at publish: the upload is taken within 5 s, the sweep rings', async () => {
    await treat('rabbitmq', { kind: 'refuse' });
    const accepted = await upload();
    expect(accepted.tookMs).toBeLessThan(5_000);
    await everyPromiseHolds([accepted]);
  });

  test('row 8: swallows everything: no request hangs', async () => {
    await treat('rabbitmq', { kind: 'black-hole' });
    const accepted = await upload();
    expect(accepted.tookMs).toBeLessThan(5_000);
    await everyPromiseHolds([accepted]);
  });

  test('row 9: its confirm is lost: the bell rings twice, one MP3, one mail', async () => {
    // What every bell begins with: the header of a JWS.
    await treat('rabbitmq', { kind: 'lose-reply', containing: 'eyJ', times: 2 });
    await everyPromiseHolds([await upload(), await upload()]);
  });
});
