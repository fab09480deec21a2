import { FrameRange } from '#shared/core/frame-range';
import { samplesPerFrame } from '#shared/core/mp3';
import type { Mp3Encoding } from '#shared/core/mp3';
import type { Transcoder } from '#shared/core/ports';
import { segmentAt } from '#shared/core/segments';
import type { Segment } from '#shared/core/segments';
import { Channel } from './channel.ts';
import type { EncoderSlots, Release } from './encoder-slots.ts';
import { PcmReader } from './pcm-reader.ts';
import { bytesPerSample } from './sample-meter.ts';
import { Throttle } from './throttle.ts';

/** What encodes, and how much of it at once. */
export interface EncodeDeps {
  readonly transcoder: Pick<Transcoder, 'encode'>;
  readonly slots: EncoderSlots;
}

/** How a sound is cut. */
export interface Cut {
  /** Frames of one segment, as `segmentFrames` gives them. */
  readonly frames: number;
  /** The first segments that are left out: their frames are there already. */
  readonly skipped: number;
}

/** Samples that wait in front of encoders besides whole segments. */
const slackBytes = 1024 * 1024;

/**
 * The frames of each segment, to be taken one after the other, from as many encoders as there are
 * free slots. The frames of the first flow while they are made, those of later ones wait in memory,
 * and so do their samples, about a segment for each further slot. The first error ends all of it;
 * when the generator is over no encoder is left.
 */
export async function* encodeSegments(
  deps: EncodeDeps,
  encoding: Mp3Encoding,
  pcm: AsyncIterable<Uint8Array>,
  cut: Cut,
  signal: AbortSignal,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  signal.throwIfAborted();
  const work = new SegmentWork(deps, encoding, cut, signal);
  void work.begin(pcm);
  try {
    yield* work.segments;
    work.assertWhole();
  } finally {
    await work.end();
  }
}

class SegmentWork {
  /** The frames of each segment that is begun. */
  readonly segments = new Channel<AsyncIterable<Uint8Array>>();
  readonly #deps: EncodeDeps;
  readonly #encoding: Mp3Encoding;
  readonly #cut: Cut;
  readonly #stop = new AbortController();
  readonly #until: AbortSignal;
  readonly #encoders: Promise<void>[] = [];
  /** Segments that are begun and not given out. */
  readonly #begun: Throttle;
  /** Bytes of samples that no encoder has taken. */
  readonly #waiting: Throttle;

  constructor(deps: EncodeDeps, encoding: Mp3Encoding, cut: Cut, signal: AbortSignal) {
    this.#deps = deps;
    this.#encoding = encoding;
    this.#cut = cut;
    this.#until = AbortSignal.any([signal, this.#stop.signal]);
    // Also where the sound keeps us waiting.
    this.#until.addEventListener('abort', () => this.segments.end());
    const segmentBytes = cut.frames * samplesPerFrame(encoding.sampleRate) * this.#sampleBytes;
    this.#begun = new Throttle(2 * deps.slots.size);
    this.#waiting = new Throttle((deps.slots.size - 1) * segmentBytes + slackBytes);
  }

  /** Begins segments until the sound is over. Never rejects. */
  async begin(pcm: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      await this.#beginAll(pcm);
    } catch (error) {
      this.#stop.abort(error);
    }
    this.segments.end();
  }

  /** Throws what went wrong first. */
  assertWhole(): void {
    this.#until.throwIfAborted();
  }

  /** Stops what still works and waits for it. */
  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#encoders);
  }

  get #sampleBytes(): number {
    return bytesPerSample * this.#encoding.channels;
  }

  #segment(index: number): Segment {
    return segmentAt(index, this.#cut.frames, this.#encoding.sampleRate);
  }

  async #beginAll(pcm: AsyncIterable<Uint8Array>): Promise<void> {
    let segment = this.#segment(this.#cut.skipped);
    const reader = new PcmReader(pcm, this.#sampleBytes, segment.samples.start);
    for (let index = this.#cut.skipped; await reader.hasMoreThan(segment.beyond); index += 1) {
      await this.#begun.room(this.#until);
      const release = await this.#deps.slots.take(this.#until);
      const next = this.#segment(index + 1);
      await this.#feed(
        this.#start(segment, release),
        reader.range(segment.samples, next.samples.start),
      );
      segment = next;
    }
  }

  async #feed(encoder: Channel<Uint8Array>, samples: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of samples) {
        this.#waiting.add(piece.length);
        encoder.give(piece);
        await this.#waiting.room(this.#until);
      }
    } finally {
      encoder.end();
    }
  }

  #start(segment: Segment, release: Release): Channel<Uint8Array> {
    const samples = new Channel<Uint8Array>();
    const frames = new Channel<Uint8Array>();
    this.#begun.add(1);
    this.segments.give(this.#whole(frames));
    this.#encoders.push(
      this.#encode(segment, samples, frames).finally(() => {
        release();
        frames.end();
      }),
    );
    return samples;
  }

  async #encode(
    { frames: { start, end }, dropped }: Segment,
    samples: Channel<Uint8Array>,
    frames: Channel<Uint8Array>,
  ): Promise<void> {
    const range = new FrameRange({ start: dropped, end: dropped + end - start });
    const request = { ...this.#encoding, reservoir: false, signal: this.#until };
    try {
      for await (const piece of this.#deps.transcoder.encode(request, this.#taken(samples))) {
        const own = range.push(piece);
        if (own.length > 0) frames.give(own);
      }
      range.end();
    } catch (error) {
      this.#stop.abort(error);
    }
  }

  async *#whole(frames: Channel<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield* frames;
    this.assertWhole();
    this.#begun.remove(1);
  }

  async *#taken(samples: Channel<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of samples) {
      this.#waiting.remove(piece.length);
      yield piece;
    }
  }
}
