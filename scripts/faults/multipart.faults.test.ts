import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { readMultipart } from '#shared/adapters/busboy/multipart';
import { AppError } from '#shared/core/errors';
import { field, form, formType, mutate } from '#shared/testing/multipart.corpus';
import { random, sized } from '../testing/fault-run.ts';

const mutants = sized(100_000, 1_000_000);
const hangMs = 10_000;
const whole = form('content\r\n--v2m'.repeat(20), [field('bitrate', '192')]);
const share = () => random.share();

async function* inPieces(body: Buffer, size: number) {
  for (let at = 0; at < body.length; at += size) {
    await Promise.resolve();
    yield body.subarray(at, at + size);
  }
}

/** Reads a form to its end, as a use case does. */
async function readAll(body: Buffer, pieceBytes: number): Promise<'read'> {
  const over = new AbortController();
  try {
    const { file } = await readMultipart(formType, inPieces(body, pieceBytes), over.signal);
    await Array.fromAsync(file.stream);
    return 'read';
  } finally {
    over.abort();
  }
}

/** What becomes of a form; anything but these three is told as it is. */
async function fateOf(body: Buffer, pieceBytes: number): Promise<string> {
  const over = new AbortController();
  const hang = sleep(hangMs, 'hangs', { signal: over.signal });
  hang.catch(() => undefined);
  try {
    return await Promise.race([readAll(body, pieceBytes), hang]);
  } catch (error) {
    return error instanceof AppError ? 'refused' : String(error);
  } finally {
    over.abort();
  }
}

// What nobody caught fails the test too: jest listens for it.
test(
  `S9: ${mutants} mutated forms: each is read or refused, none hangs`,
  async () => {
    const tally = { read: 0, refused: 0 };
    const odd: { fate: string; form: string }[] = [];
    const startedAt = performance.now();
    for (let n = 0; n < mutants; n += 1) {
      const mutant = mutate(whole, share);
      const fate = await fateOf(mutant, 1 + Math.floor(share() * 400));
      if (fate === 'read' || fate === 'refused') tally[fate] += 1;
      else odd.push({ fate, form: mutant.toString('base64') });
    }
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
    console.log(
      `S9: ${mutants} forms in ${seconds} s: ${JSON.stringify(tally)}, ${odd.length} others`,
    );
    expect(odd).toEqual([]);
  },
  sized(600_000, 3_600_000),
);
