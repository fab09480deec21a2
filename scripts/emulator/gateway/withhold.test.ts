import { describe, expect, test } from '@jest/globals';

import { Withhold } from './withhold.ts';

function withhold({ hasRoom = true } = {}) {
  const written: number[] = [];
  const outlet = {
    write: (chunk: Buffer) => {
      written.push(chunk.length);
      return hasRoom;
    },
    end: () => void written.push(-1),
  };
  return { written, held: new Withhold(outlet) };
}

describe('Withhold', () => {
  test('holds small chunks until the end', () => {
    const { written, held } = withhold();
    held.write(Buffer.alloc(4_095));
    expect(written).toEqual([]);
    held.end();
    expect(written).toEqual([4_095, -1]);
  });

  test('lets go at 4 KB', () => {
    const { written, held } = withhold();
    held.write(Buffer.alloc(4_000));
    held.write(Buffer.alloc(96));
    expect(written).toEqual([4_000, 96]);
  });

  test('says when the client has no room for what was let go', () => {
    expect(withhold({ hasRoom: false }).held.write(Buffer.alloc(4_096))).toBe(false);
  });

  test('has room for what it holds', () => {
    expect(withhold({ hasRoom: false }).held.write(Buffer.alloc(4_095))).toBe(true);
  });
});
