import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ConversionOptions } from '#shared/contracts/options';
import { AppError } from '#shared/core/errors';
import {
  field,
  form,
  formType,
  malformedForms,
  mutate,
  seeded,
} from '#shared/testing/multipart.corpus';
import { readMultipart } from './multipart.ts';

async function* inPieces(body: Buffer, size: number) {
  for (let at = 0; at < body.length; at += size) {
    await Promise.resolve();
    yield body.subarray(at, at + size);
  }
}

async function drain(stream: AsyncIterable<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Takes one piece and leaves the rest. */
async function first(stream: AsyncIterable<Uint8Array>) {
  for await (const chunk of stream) return chunk;
  return undefined;
}

/** Reads a form to its end, as a use case does. */
async function readAll(contentType: string | undefined, body: Buffer, size = 64 * 1024) {
  const over = new AbortController();
  try {
    const form = await readMultipart(contentType, inPieces(body, size), over.signal);
    const content = await drain(form.file.stream);
    return { fields: form.fields, name: form.file.name, content };
  } finally {
    over.abort();
  }
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('readMultipart', () => {
  test.each([[1], [3], [64 * 1024]])(
    'reads fields and file in pieces of %d bytes',
    async (size) => {
      const content = Buffer.alloc(100_000, '\r\n--v2m-boundar');
      const read = await readAll(formType, form(content, [field('bitrate', '320')]), size);
      expect(read).toEqual({ fields: { bitrate: '320' }, name: 'a.mp4', content });
    },
  );

  test('reads a form without fields, and an empty file', async () => {
    const read = await readAll(formType, form(''));
    expect(read).toMatchObject({ fields: {}, content: Buffer.alloc(0) });
  });

  test('has room for every option, each a tag in the widest characters (38)', async () => {
    const names = Object.keys(ConversionOptions.entries);
    const widest = '🎵'.repeat(500);
    const { fields } = await readAll(
      formType,
      form(
        'x',
        names.map((name) => field(name, widest)),
      ),
    );
    expect(fields).toEqual(Object.fromEntries(names.map((name) => [name, widest])));
  });

  test('reads names in UTF-8 (44)', async () => {
    const body = Buffer.from(form('x').toString().replace('a.mp4', '日本.mp4'));
    expect((await readAll(formType, body)).name).toBe('日本.mp4');
  });

  test('takes names of properties of every object for plain names (43)', async () => {
    const { fields } = await readAll(formType, form('x', [field('__proto__', '1')]));
    expect(Object.keys(fields)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });

  test.each(malformedForms.map(({ what, ...form }) => [what, form] as const))(
    'refuses %s (39)',
    async (_, { contentType = formType, body }) => {
      for (const size of [1, 7, 64 * 1024]) {
        const error = await rejection(
          readAll(contentType, body, body.length > 50_000 ? 4_096 : size),
        );
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: 'bad_request' });
      }
    },
  );

  test('has a corpus of 60 malformed bodies (39)', () => {
    expect(malformedForms.length).toBeGreaterThanOrEqual(60);
  });

  test.each([
    [undefined],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/mixed; boundary=x'],
    ['multipart/form-datax; boundary=x'],
  ])('refuses Content-Type %s (45)', async (contentType) => {
    const error = await rejection(readAll(contentType, form('x')));
    expect(error).toMatchObject({
      code: 'unsupported_media_type',
      message: 'Send the video as multipart/form-data.',
    });
  });

  test('says what is wrong in words', async () => {
    const body = Buffer.from(form('x').toString().replace('"video"', '"file"'));
    await expect(readAll(formType, body)).rejects.toMatchObject({
      message: 'Send the video as a file named “video”.',
    });
  });

  test('passes on why the body broke', async () => {
    async function* broken() {
      yield form('x'.repeat(1_000)).subarray(0, 500);
      await Promise.resolve();
      throw new AppError('upload_timeout');
    }
    const read = await readMultipart(formType, broken(), new AbortController().signal);
    await expect(drain(read.file.stream)).rejects.toMatchObject({ code: 'upload_timeout' });
  });

  test('ends by its signal while the body stands still, whatever the parser waits for (42)', async () => {
    const over = new AbortController();
    async function* silent() {
      yield form('x').subarray(0, 20);
      await sleep(60_000, undefined, { signal: over.signal }).catch(() => undefined);
    }
    const reading = rejection(readMultipart(formType, silent(), over.signal));
    over.abort(new AppError('upload_timeout'));
    expect(await reading).toMatchObject({ code: 'upload_timeout' });
  });

  test.each([['unread'], ['half read']])(
    'lets the body go when the file is left %s',
    async (how) => {
      let isFree = false;
      async function* endless() {
        try {
          yield form('x').subarray(0, -20);
          for (;;) {
            await Promise.resolve();
            yield Buffer.alloc(64 * 1024);
          }
        } finally {
          isFree = true;
        }
      }
      const over = new AbortController();
      const { file } = await readMultipart(formType, endless(), over.signal);
      if (how === 'half read') await first(file.stream);
      else over.abort();
      await sleep(10);
      expect(isFree).toBe(true);
    },
  );

  test('reads no faster than the file is taken (20)', async () => {
    let given = 0;
    async function* endless() {
      yield form('x').subarray(0, -20);
      for (;;) {
        await Promise.resolve();
        given += 64 * 1024;
        yield Buffer.alloc(64 * 1024);
      }
    }
    const over = new AbortController();
    await readMultipart(formType, endless(), over.signal);
    await sleep(20);
    over.abort();
    expect(given).toBeLessThan(1024 * 1024);
  });

  test('survives 5000 mutated bodies without a hang or a stray error (39)', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = seeded(seed);
    const whole = form('content\r\n--v2m'.repeat(20), [field('bitrate', '192')]);
    const other: unknown[] = [];
    for (let n = 0; n < 5_000; n += 1) {
      const mutant = mutate(whole, random);
      const error = await rejection(readAll(formType, mutant, 1 + Math.floor(random() * 400)));
      if (error !== undefined && !(error instanceof AppError)) other.push(error);
    }
    expect({ seed, other }).toEqual({ seed, other: [] });
  }, 60_000);
});
