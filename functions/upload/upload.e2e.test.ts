import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { JobPage, JobView } from '#shared/contracts/jobs';
import { findProgram } from '../../scripts/stack/programs.ts';
import { mediaFile } from '../../scripts/testing/media.ts';
import {
  eventually,
  functionUrl,
  newPerson,
  type Person,
  sweepNow,
} from '../../scripts/testing/service.ts';
import { chunkCount, jobRow } from '../../scripts/testing/stored.ts';

let video = '';
beforeAll(async () => {
  video = await mediaFile('index-first.mp4');
});

async function put(
  { client }: Person,
  path: string,
  headers: Record<string, string>,
  name = 'film.mp4',
): Promise<Response> {
  const body = new Uint8Array(await readFile(path));
  return client.call(`upload?name=${name}`, { method: 'PUT', headers, body });
}

const jobsOf = async ({ client }: Person) =>
  v.parse(JobPage, await (await client.call('jobs')).json()).jobs;

const whereCurlIs = findProgram('curl', process.env) ? describe : describe.skip;

whereCurlIs('a form sent by curl', () => {
  async function curl({ authorization }: Person, ...form: string[]) {
    const { stdout } = await promisify(execFile)('curl', [
      ...['--silent', '--show-error', '--write-out', '\n%{http_code} %header{location}'],
      ...['--header', `authorization: ${authorization}`],
      ...form.flatMap((field) => ['--form', field]),
      functionUrl('upload'),
    ]);
    const [body = '', last = ''] = stdout.split('\n');
    const [status, location] = last.split(' ');
    return { status: Number(status), location, body: JSON.parse(body) as unknown };
  }

  test('becomes a job with its options and name', async () => {
    const person = await newPerson();
    const file = `video=@${video};filename="日本.mp4"`;

    const { status, location, body } = await curl(person, 'bitrate=320', file);

    expect(status).toBe(202);
    const { id, ...job } = v.parse(JobView, body);
    expect(job).toMatchObject({ source: { name: '日本.mp4' }, options: { bitrate: 320 } });
    expect(location).toBe(`/function/jobs/${id}`);
    expect(await person.client.watch(id)).toMatchObject({ state: 'done' });
  });

  test.each([
    ['without a video', ['bitrate=320'], 'bad_request'],
    ['with a bit rate that MP3 does not have', ['bitrate=321', 'video=@FILE'], 'invalid_input'],
    ['with an option nobody knows', ['owner=me', 'video=@FILE'], 'invalid_input'],
  ])('%s is refused', async (_, form, code) => {
    const person = await newPerson();
    const answer = await curl(person, ...form.map((field) => field.replace('FILE', video)));
    expect(answer).toMatchObject({ status: 400, body: { code } });
    expect(await jobsOf(person)).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  test('gives the same job for the same request', async () => {
    const person = await newPerson();
    const headers = { 'idempotency-key': randomUUID() };
    const first = await put(person, video, headers);
    const second = await put(person, video, headers);

    expect([first.status, second.status]).toEqual([202, 202]);
    const { id } = v.parse(JobView, await first.json());
    expect(v.parse(JobView, await second.json()).id).toBe(id);
    expect((await jobsOf(person)).map((job) => job.id)).toEqual([id]);
  });

  test('is refused for another body, and for another name', async () => {
    const person = await newPerson();
    const headers = { 'idempotency-key': randomUUID() };
    await put(person, video, headers);
    for (const answer of [
      await put(person, await mediaFile('index-last.mp4'), headers),
      await put(person, video, headers, 'other.mp4'),
    ]) {
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: 'idempotency_mismatch' });
    }
    expect(await jobsOf(person)).toHaveLength(1);
  });

  test('means nothing to somebody else', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const [one, other] = [await newPerson(), await newPerson()];
    const first = v.parse(JobView, await (await put(one, video, headers)).json());
    const second = v.parse(JobView, await (await put(other, video, headers)).json());
    expect(second.id).not.toBe(first.id);
  });
});

describe('a client that goes away at half', () => {
  test('leaves an aborted job and no chunk (reliability 21)', async () => {
    const person = await newPerson();
    const bytes = await readFile(await mediaFile('high-rate.wav', 180));
    const upload = request(functionUrl('upload?name=film.mp4'), {
      method: 'PUT',
      headers: { authorization: person.authorization, 'content-length': bytes.length },
    });
    upload.on('error', () => undefined);
    upload.write(bytes.subarray(0, bytes.length / 2));
    const sourceFileId = await eventually('chunks in the store', async () => {
      const [job] = await jobsOf(person);
      const id = job && (await jobRow(job.id)).sourceFileId;
      return id !== undefined && (await chunkCount('videos', id)) > 0 ? id : undefined;
    });

    upload.destroy();

    const [job] = await eventually('the job to be aborted', async () => {
      const jobs = await jobsOf(person);
      return jobs[0]?.state === 'aborted' ? jobs : undefined;
    });
    expect(job?.error?.code).toBe('upload_incomplete');
    await sweepNow();
    expect(await chunkCount('videos', sourceFileId)).toBe(0);
  });
});

describe('a length that is told', () => {
  test('is refused before the first byte where it is too large', async () => {
    const person = await newPerson();
    const answer = await put(person, video, { 'x-upload-length': String(1024 ** 4) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'too_large' });
    expect(await jobsOf(person)).toEqual([]);
  });

  test('is compared with what arrives', async () => {
    const person = await newPerson();
    const answer = await put(person, video, { 'x-upload-length': '1234567' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'upload_incomplete' });
    expect((await jobsOf(person)).map(({ state }) => state)).toEqual(['aborted']);
  });
});

describe('without a valid token', () => {
  test.each([{}, { authorization: 'Bearer nonsense' }])('%j is refused', async (headers) => {
    const answer = await fetch(functionUrl('upload?name=film.mp4'), {
      method: 'PUT',
      headers: { ...headers },
      body: new Uint8Array(await readFile(video)),
    });
    expect(answer.status).toBe(401);
  });
});

describe('a video that cannot become an MP3 by its own tables', () => {
  const whole = 64 * 1024 * 1024;

  /** Sends the first bytes of a large file, and no more of them until there is an answer. */
  async function begun({ authorization }: Person, start: Buffer) {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
    const outgoing = request(functionUrl('upload?name=film.mp4'), {
      method: 'PUT',
      headers: { authorization, 'content-length': String(whole) },
    });
    outgoing.on('error', reject).on('response', (response) => {
      void Array.fromAsync(response as AsyncIterable<Buffer>).then(
        (parts) =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        reject,
      );
    });
    outgoing.write(start);
    const answer = await promise;
    outgoing.destroy();
    return answer;
  }

  test.each<[string, string, number, () => Promise<Buffer>]>([
    ['has no sound track', 'no_audio', 422, silentFilm],
    ['is a playlist', 'playlist', 415, () => Promise.resolve(Buffer.from('#EXTM3U\n'.repeat(999)))],
  ])('is refused while it flows: it %s', async (_what, code, status, start) => {
    const person = await newPerson();

    const answer = await begun(person, await start());

    expect(answer.status).toBe(status);
    const problem = JSON.parse(answer.text) as { code: string; detail: string };
    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(/Found: video \(h264\), no sound track\.|HLS playlist/);
    const [job] = await jobsOf(person);
    expect(job).toMatchObject({ state: 'aborted', error: { code, message: problem.detail } });
    await sweepNow();
    const { sourceFileId } = await jobRow(job?.id ?? '');
    expect(await chunkCount('videos', sourceFileId)).toBe(0);
  });
});

/** A film without sound whose index is in front, and the first MiB of what follows. */
async function silentFilm(): Promise<Buffer> {
  const film = await readFile(await mediaFile('no-sound-index-first.mp4'));
  return Buffer.concat([film, Buffer.alloc(1024 * 1024)]);
}
