import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import type { Mp3Encoding } from '#shared/core/mp3';
import { frameBytes, frameHeader, framesFor } from '#shared/core/mp3';
import type { Transcoder } from '#shared/core/ports';
import { encodeSound } from './encode-sound.ts';
import type { EncodedSegments, EncodeOptions } from './encode-sound.ts';
import { EncoderSlots } from './encoder-slots.ts';

const encoding: Mp3Encoding = { sampleRate: 48_000, channels: 1, rate: { kbps: 64 } };
const segmentBytes = 98 * 1152 * 4;
const shape = { ...encoding, bitrate: 64 };

type Encode = Transcoder['encode'];

/** Makes frames of zeros, and tells how many of its kind were at work at once. */
function countingEncoder() {
  const seen = { running: 0, most: 0, reservoirs: [] as boolean[] };
  const encode: Encode = async function* (request, pcm) {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    seen.reservoirs.push(request.reservoir);
    try {
      let bytes = 0;
      for await (const piece of pcm) {
        request.signal.throwIfAborted();
        bytes += piece.length;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      request.signal.throwIfAborted();
      const frame = new Uint8Array(frameBytes(shape));
      frame.set(frameHeader(shape));
      for (let n = framesFor(bytes / 4, 48_000); n > 0; n -= 1) yield frame;
    } finally {
      seen.running -= 1;
    }
  };
  return { seen, encode };
}

/** Gives nothing before it is told to stop. */
function stallingEncoder() {
  const seen = { running: 0 };
  const encode: Encode = async function* ({ signal }) {
    seen.running += 1;
    await once(signal, 'abort');
    seen.running -= 1;
    signal.throwIfAborted();
    yield new Uint8Array();
  };
  return { seen, encode };
}

/** Samples of so many bytes, by the piece; `seen.bytes` tells how many were asked for. */
function sound(bytes: number) {
  const seen = { bytes: 0 };
  async function* pcm() {
    for (; seen.bytes < bytes;) {
      await Promise.resolve();
      const piece = new Uint8Array(Math.min(65_536, bytes - seen.bytes));
      seen.bytes += piece.length;
      yield piece;
    }
  }
  return { seen, pcm: pcm() };
}

function start(
  encode: Encode,
  pcm: AsyncIterable<Uint8Array>,
  options: Partial<EncodeOptions> = {},
  slots = new EncoderSlots(2),
) {
  return encodeSound({ transcoder: { encode }, slots }, encoding, pcm, {
    segmentSeconds: 1,
    signal: new AbortController().signal,
    ...options,
  });
}

describe('encodeSound', () => {
  test('gives all frames of all segments, from as many encoders as there are slots', async () => {
    const { seen, encode } = countingEncoder();
    const { frames, count } = start(encode, sound(10 * segmentBytes).pcm);
    await Array.fromAsync(frames);
    expect(count()).toMatchObject({ segments: 11, frames: framesFor(980 * 1152, 48_000) });
    expect(seen).toMatchObject({ running: 0, most: 2 });
    expect(seen.reservoirs).not.toContain(true);
  });

  test('encodes in one run with a reservoir where no length of segments is given', async () => {
    const { seen, encode } = countingEncoder();
    const { frames, count } = start(encode, sound(10 * segmentBytes).pcm, {
      segmentSeconds: undefined,
    });
    await Array.fromAsync(frames);
    expect(count()).toMatchObject({ segments: 1, frames: framesFor(980 * 1152, 48_000) });
    expect(seen).toMatchObject({ most: 1, reservoirs: [true] });
  });

  test('tells the end of each segment once all before it was taken', async () => {
    const ends: EncodedSegments[] = [];
    const { frames } = start(countingEncoder().encode, sound(3 * segmentBytes).pcm, {
      onSegment: (end) => ends.push(end),
    });
    let taken = 0;
    for await (const piece of frames) {
      expect(ends.at(-1)?.bytes ?? 0).toBeLessThanOrEqual(taken);
      taken += piece.length;
    }
    expect(ends.map(({ segments, frames: whole }) => [segments, whole])).toEqual([
      [1, 98],
      [2, 196],
      [3, 294],
      [4, 295],
    ]);
  });

  test('reads no further than the encoders and those who take the frames come', async () => {
    const { seen, pcm } = sound(100 * segmentBytes);
    const { frames } = start(countingEncoder().encode, pcm);
    await frames.next();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen.bytes).toBeLessThan(8 * segmentBytes);
    await frames.return(undefined);
  });

  test('shares slots with other sounds, and neither starves', async () => {
    const { seen, encode } = countingEncoder();
    const slots = new EncoderSlots(2);
    const sounds = [1, 2, 3].map(() => start(encode, sound(6 * segmentBytes).pcm, {}, slots));
    await Promise.all(sounds.map(({ frames }) => Array.fromAsync(frames)));
    expect(sounds.map(({ count }) => count().segments)).toEqual([7, 7, 7]);
    expect(seen).toMatchObject({ running: 0, most: 2 });
  });

  test('rejects with what the sound fails with, and ends every encoder', async () => {
    const { seen, encode } = countingEncoder();
    async function* pcm() {
      yield* sound(4 * segmentBytes).pcm;
      throw new AppError('truncated');
    }
    const { frames } = start(encode, pcm());
    await expect(Array.fromAsync(frames)).rejects.toMatchObject({ code: 'truncated' });
    expect(seen.running).toBe(0);
  });

  test('rejects with what the first failing encoder fails with, and tells no end of it', async () => {
    const ends: EncodedSegments[] = [];
    let begun = 0;
    const { seen, encode } = countingEncoder();
    const failing: Encode = async function* (request, pcm) {
      begun += 1;
      if (begun === 3) throw new AppError('resource_limit');
      yield* encode(request, pcm);
    };
    const { frames } = start(failing, sound(20 * segmentBytes).pcm, {
      onSegment: (end) => ends.push(end),
    });
    await expect(Array.fromAsync(frames)).rejects.toMatchObject({ code: 'resource_limit' });
    expect(ends.length).toBeLessThan(3);
    expect(seen.running).toBe(0);
  });

  test.each([1, undefined])('ends at once when told to (segments of %s s)', async (seconds) => {
    const stop = new AbortController();
    const { seen, encode } = countingEncoder();
    const { frames } = start(encode, sound(1_000 * segmentBytes).pcm, {
      segmentSeconds: seconds,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error('enough')), 30);
    await expect(Array.fromAsync(frames)).rejects.toThrow('enough');
    expect(seen.running).toBe(0);
  });

  describe.each([1, undefined])('let go of (segments of %s s)', (segmentSeconds) => {
    test.each([0, 3])('while a sound stalls after %s segments: no encoder is left', async (n) => {
      const { seen, encode } = stallingEncoder();
      async function* pcm() {
        yield* sound(n * segmentBytes).pcm;
        await new Promise(() => undefined);
      }
      const { frames } = start(encode, pcm(), { segmentSeconds });
      const awaited = frames.next();
      awaited.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await frames.return(undefined)).toEqual({ value: undefined, done: true });
      await expect(awaited).rejects.toThrow('aborted');
      expect(seen.running).toBe(0);
    });
  });

  test('refuses an encoder that swallows frames', async () => {
    const { encode } = countingEncoder();
    const swallowing: Encode = async function* (request, pcm) {
      let swallowed = 0;
      for await (const frame of encode(request, pcm)) if ((swallowed += 1) > 50) yield frame;
    };
    const { frames } = start(swallowing, sound(2 * segmentBytes).pcm);
    await expect(Array.fromAsync(frames)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('EncoderSlots', () => {
  const { signal } = new AbortController();

  test('gives a slot that comes back to whoever waits longest', async () => {
    const slots = new EncoderSlots(1);
    const release = await slots.take(signal);
    const order: string[] = [];
    const first = slots.take(signal).then((give) => {
      order.push('first');
      give();
    });
    const second = slots.take(signal).then((give) => {
      order.push('second');
      give();
    });
    release();
    release();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  test('passes over whoever does not wait any more', async () => {
    const slots = new EncoderSlots(1);
    const release = await slots.take(signal);
    const stop = new AbortController();
    const gone = slots.take(stop.signal);
    const waits = slots.take(signal);
    stop.abort(new Error('gone'));
    release();
    await expect(gone).rejects.toThrow('gone');
    await expect(waits).resolves.toBeInstanceOf(Function);
  });
});
