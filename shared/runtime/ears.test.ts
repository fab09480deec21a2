import { describe, expect, test } from '@jest/globals';
import type { Topic } from '#shared/contracts/events';
import { createEars } from './ears.ts';

const everyMs = 30;
const rest = () => new Promise((resolve) => setTimeout(resolve, 3 * everyMs));

function listening() {
  const written: Topic[] = [];
  const hear = createEars(everyMs);
  const hearing = { heard: (topic: Topic) => Promise.resolve(void written.push(topic)) };
  return { written, ring: (topic: Topic) => hear(topic, hearing) };
}

describe('createEars', () => {
  test('writes the first bell down at once', () => {
    const { written, ring } = listening();
    ring('video_uploaded');
    expect(written).toEqual(['video_uploaded']);
  });

  test('makes two writes of a thousand bells, the last at the end', async () => {
    const { written, ring } = listening();
    for (let n = 0; n < 1_000; n += 1) ring('video_uploaded');
    expect(written).toHaveLength(1);
    await rest();
    expect(written).toHaveLength(2);
  });

  test('writes nothing when nothing more is heard', async () => {
    const { written, ring } = listening();
    ring('video_uploaded');
    await rest();
    expect(written).toHaveLength(1);
  });

  test('hears each topic for itself', () => {
    const { written, ring } = listening();
    ring('conversion_completed');
    ring('conversion_failed');
    expect(written).toEqual(['conversion_completed', 'conversion_failed']);
  });

  test('does not mind a store that is down', async () => {
    const hear = createEars(everyMs);
    hear('video_uploaded', { heard: () => Promise.reject(new Error('down')) });
    await expect(rest()).resolves.toBeUndefined();
  });
});
