import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import type { Claim } from '#shared/core/ports';
import { createFakeFileStore } from '#shared/testing/file-store.fake';
import { createSilentLog } from '#shared/testing/log.fake';
import { Stopped } from './interruption.ts';
import { Pump } from './pump.ts';
import type { PumpDeps } from './pump.ts';

interface Work {
  readonly jobId: string;
  readonly stopping: AbortSignal;
  end(): void;
}

/** As much of a claim as the pump looks at. */
function claimOf(jobId: string, outputFileId: string): Claim {
  return { lease: { jobId, token: 1, outputFileId } } as unknown as Claim;
}

/** No time passes between one try and the next. */
const hurried = { now: () => 0, sleep: () => Promise.resolve() };

/** A queue of jobs that end when the test says so. */
function setUp(waiting: string[], changes: Partial<PumpDeps> = {}) {
  const works: Work[] = [];
  const pump = new Pump({
    claims: {
      claim: ({ outputFileId }) => {
        const jobId = waiting.shift();
        return Promise.resolve(jobId === undefined ? undefined : claimOf(jobId, outputFileId));
      },
    },
    files: createFakeFileStore(),
    convert: ({ lease: { jobId } }, stopping) =>
      new Promise((resolve) => {
        works.push({ jobId, stopping, end: resolve });
        stopping.addEventListener('abort', () => resolve());
      }),
    slots: 2,
    onRest: () => undefined,
    claimant: { worker: 'w', leaseSeconds: 60 },
    drainSeconds: 5,
    clock: { now: () => 0, sleep: () => settled() },
    log: createSilentLog(),
    ...changes,
  });
  return { pump, works, started: () => works.map(({ jobId }) => jobId) };
}

/** Lets everything run that can. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

describe('Pump', () => {
  test('row 13: works on as many jobs as there are slots, however many bells ring', async () => {
    const { pump, started } = setUp(['a', 'b', 'c']);
    for (let bell = 0; bell < 1_000; bell += 1) pump.ring();
    await settled();
    expect(started()).toEqual(['a', 'b']);
  });

  test('row 36: tells each time it has looked, also when it found nothing', async () => {
    let rests = 0;
    const { pump, works } = setUp(['a'], { onRest: () => void (rests += 1) });
    pump.ring();
    await settled();
    expect(rests).toBe(1);
    works[0]?.end();
    await settled();
    expect(rests).toBe(2);
  });

  test('takes the next job when one ends, without a bell', async () => {
    const { pump, works, started } = setUp(['a', 'b', 'c']);
    pump.ring();
    await settled();
    works[0]?.end();
    await settled();
    expect(started()).toEqual(['a', 'b', 'c']);
  });

  test('takes nothing when nobody rings', async () => {
    const { started } = setUp(['a']);
    await settled();
    expect(started()).toEqual([]);
  });

  test('looks once more when a bell rings during a look that finds nothing', async () => {
    const waiting: string[] = [];
    const { pump, started } = setUp(waiting);
    pump.ring();
    waiting.push('late');
    pump.ring();
    await settled();
    expect(started()).toEqual(['late']);
  });

  test('row 19: takes the job whose claim went without a reply', async () => {
    const outputs: string[] = [];
    const { pump, started } = setUp([], {
      claims: {
        claim: ({ outputFileId }) => {
          outputs.push(outputFileId);
          if (outputs.length === 1) return Promise.reject(new AppError('unavailable'));
          const isTheSame = outputFileId === outputs[0];
          return Promise.resolve(isTheSame ? claimOf('a', outputFileId) : undefined);
        },
      },
      clock: hurried,
    });
    pump.ring();
    await settled();
    expect(started()).toEqual(['a']);
  });

  test('hears the next bell after a claim that failed', async () => {
    let isDown = true;
    let asked = 0;
    const { pump, started } = setUp([], {
      claims: {
        claim: ({ outputFileId }) => {
          asked += 1;
          if (isDown) return Promise.reject(new AppError('unavailable'));
          return Promise.resolve(started().length > 0 ? undefined : claimOf('a', outputFileId));
        },
      },
      clock: hurried,
    });
    pump.ring();
    await settled();
    expect(asked).toBe(3);
    isDown = false;
    pump.ring();
    await settled();
    expect(started()).toEqual(['a']);
  });

  test('row 34: told to stop, takes nothing new at once, and what runs goes on', async () => {
    const { pump, works, started } = setUp(['a', 'b'], { slots: 1 });
    pump.ring();
    await settled();
    pump.stop();
    expect(works[0]?.stopping.aborted).toBe(false);
    works[0]?.end();
    pump.ring();
    await settled();
    expect(started()).toEqual(['a']);
  });

  test('row 34: drains by waiting for what ends soon, and takes nothing new', async () => {
    const never = () => new Promise<void>(() => undefined);
    const { pump, works, started } = setUp(['a', 'b', 'c'], {
      clock: {
        now: () => 0,
        sleep: (_ms, signal) =>
          Promise.race([
            never(),
            new Promise<void>((r) => signal?.addEventListener('abort', () => r())),
          ]),
      },
    });
    pump.ring();
    await settled();
    const drained = pump.drain();
    for (const work of works) work.end();
    await drained;
    pump.ring();
    await settled();
    expect(started()).toEqual(['a', 'b']);
    expect(works.map(({ stopping }) => stopping.reason as unknown)).toEqual([
      new Stopped(),
      new Stopped(),
    ]);
  });

  test('row 34: stops what does not end in time', async () => {
    const { pump, works } = setUp(['a']);
    pump.ring();
    await settled();
    await pump.drain();
    expect(works[0]?.stopping.reason).toBeInstanceOf(Stopped);
  });

  test('drains at once when nothing runs', async () => {
    const { pump } = setUp([]);
    await expect(pump.drain()).resolves.toBeUndefined();
  });
});
