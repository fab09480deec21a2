import { describe, expect, test } from '@jest/globals';

import { Withhold } from './withhold.ts';

describe('Withhold', () => {
  test('holds small chunks until the end', async () => {
    const stage = new Withhold();
    stage.write(Buffer.alloc(4_095));
    expect(stage.readableLength).toBe(0);
    stage.end(Buffer.alloc(0));
    const chunks = await stage.toArray();
    expect(Buffer.concat(chunks)).toHaveLength(4_095);
  });

  test('lets go at 4 KB', () => {
    const stage = new Withhold();
    stage.write(Buffer.alloc(4_000));
    stage.write(Buffer.alloc(96));
    expect(stage.readableLength).toBe(4_096);
  });
});
