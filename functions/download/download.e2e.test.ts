import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { JobView } from '#shared/contracts/jobs';
import { copyOf } from '../../scripts/testing/media.ts';
import { newPerson, type Person } from '../../scripts/testing/service.ts';

let person: Person;
let job: JobView;
let whole: Buffer;

beforeAll(async () => {
  person = await newPerson();
  const { id } = await person.client.upload(await copyOf('index-first.mp4', '日本.mp4'));
  job = await person.client.watch(id);
  whole = await bytesOf(await get());
});

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  person.client.call(`download/${job.id}`, { method, headers });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('download', () => {
  test('hands out the MP3 as it was published, under the name of the video', async () => {
    const answer = await get();
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/mpeg',
      'content-length': String(job.result?.bytes),
      'content-disposition': expect.stringContaining(
        "filename*=UTF-8''%E6%97%A5%E6%9C%AC.mp3",
      ) as unknown,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
    });
    const bytes = await bytesOf(answer);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(job.result?.sha256);
  });

  test('HEAD tells the same length and sends nothing', async () => {
    const answer = await get({}, 'HEAD');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe(String(whole.length));
    expect(await bytesOf(answer)).toHaveLength(0);
  });

  test.each([
    ['bytes=0-99', 0, 100],
    ['bytes=1000-1999', 1000, 2000],
    ['bytes=-500', -500, undefined],
    ['bytes=100000-', 100_000, undefined],
  ])('%s gives that part', async (range, start, end) => {
    const answer = await get({ range });
    const part = whole.subarray(start, end);
    expect(answer.status).toBe(206);
    expect(await bytesOf(answer)).toEqual(part);
    expect(answer.headers.get('content-length')).toBe(String(part.length));
    const from = start < 0 ? whole.length + start : start;
    expect(answer.headers.get('content-range')).toBe(
      `bytes ${from}-${from + part.length - 1}/${whole.length}`,
    );
  });

  test('refuses a range behind the end, and says where that is', async () => {
    const answer = await get({ range: `bytes=${whole.length}-` });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe(`bytes */${whole.length}`);
    expect(await answer.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  test('sends nothing to a client that has the file already', async () => {
    const etag = (await get({}, 'HEAD')).headers.get('etag') ?? '';
    const same = await get({ 'if-none-match': etag });
    expect(same.status).toBe(304);
    expect(await bytesOf(same)).toHaveLength(0);
    const other = await get({ 'if-none-match': '"another"' });
    expect(other.status).toBe(200);
    expect(await bytesOf(other)).toEqual(whole);
  });
});
