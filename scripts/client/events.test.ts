import { describe, expect, test } from '@jest/globals';
import { eventData } from './events.ts';

async function collect(...chunks: string[]): Promise<string[]> {
  const body = (async function* () {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  })();
  return Array.fromAsync(eventData(body));
}

describe('eventData', () => {
  test('yields the data of each event', async () => {
    expect(await collect('event: job\ndata: 1\n\ndata: 2\n\n')).toEqual(['1', '2']);
  });

  test('puts together what arrives in pieces', async () => {
    expect(await collect('da', 'ta: a\n', '\nda', 'ta: b\n\n')).toEqual(['a', 'b']);
  });

  test('passes over comments and an event that is not complete', async () => {
    expect(await collect(': heartbeat\n\ndata: a\n\ndata: cut')).toEqual(['a']);
  });
});
