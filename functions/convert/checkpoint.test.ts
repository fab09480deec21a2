import { describe, expect, test } from '@jest/globals';
import type { Checkpoint } from '#shared/core/job';
import { CheckpointTaker } from './checkpoint.ts';

function setUp() {
  const taken: Checkpoint[] = [];
  let now = 5_000;
  const taker = new CheckpointTaker({
    ...{ fileId: 'output', start: 417, fingerprint: 'print', everyMs: 1_000 },
    clock: { now: () => now },
    onCheckpoint: (checkpoint) => taken.push(checkpoint),
  });
  return {
    taken,
    /** Lets a segment of 100 bytes end. */
    endSegment: (segments: number) => {
      const frames = segments * 10;
      const count = {
        frames,
        bytes: segments * 100,
        crc: segments,
        marks: { every: 1, offsets: [] },
      };
      taker.endSegment(segments, count, segments / 10);
    },
    /** As a store does it: asks, and stores what is wanted. */
    store: (bytes: number) => {
      if (taker.isWanted(bytes)) taker.stored(bytes);
      return taken.length;
    },
    advance: (ms: number) => (now += ms),
  };
}

describe('CheckpointTaker', () => {
  test('takes the last whole segment that is stored', () => {
    const { taken, endSegment, store, advance } = setUp();
    for (const segments of [1, 2, 3]) endSegment(segments);
    advance(1_000);

    store(250);

    expect(taken).toEqual([
      {
        ...{ fileId: 'output', start: 417, fingerprint: 'print' },
        ...{ segments: 2, frames: 20, bytes: 200, crc: 2, progress: 0.2 },
      },
    ]);
  });

  test('takes none before its time', () => {
    const { endSegment, store, advance } = setUp();
    endSegment(1);
    advance(999);
    expect(store(100)).toBe(0);
    advance(1);
    expect(store(100)).toBe(1);
  });

  test('takes none of a segment that is stored in part', () => {
    const { endSegment, store, advance } = setUp();
    endSegment(1);
    advance(1_000);
    expect(store(99)).toBe(0);
    expect(store(100)).toBe(1);
  });

  test('takes the next only behind the last, and after the same time again', () => {
    const { taken, endSegment, store, advance } = setUp();
    for (const segments of [1, 2, 3]) endSegment(segments);
    advance(1_000);
    store(200);
    advance(1_000);
    expect(store(299)).toBe(1);
    expect(store(300)).toBe(2);
    endSegment(4);
    expect(store(400)).toBe(2);
    advance(1_000);
    expect(store(400)).toBe(3);
    expect(taken.map(({ segments }) => segments)).toEqual([2, 3, 4]);
  });
});
