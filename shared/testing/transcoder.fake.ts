import type { AppError } from '#shared/core/errors';
import type { Loudness } from '#shared/core/loudness';
import type { AudioTrack, DecodeHint, PromisedLength } from '#shared/core/media';
import { frameBytes, frameHeader, framesFor, samplesPerFrame } from '#shared/core/mp3';
import type { FrameShape } from '#shared/core/mp3';
import type {
  CopyRequest,
  DecodeRequest,
  EncodeRequest,
  Probe,
  SourceServer,
  Transcoder,
} from '#shared/core/ports';

type SourceFile = Parameters<SourceServer['serve']>[0];

/** What the fake makes of every video; change it before the call it is meant for. */
export interface FakeSound {
  /** Decoded seconds. */
  seconds: number;
  promised: PromisedLength;
  hint: DecodeHint;
  sampleRate: number;
  channels: number;
  tags: Probe['tags'];
  codec: string;
  /** The attached picture's bytes. */
  cover: Uint8Array | undefined;
  /** Of whatever is measured. */
  loudness: Loudness | undefined;
  /** What probe rejects with. */
  refusal: AppError | undefined;
  /** Decoding stands still after the first piece until its signal aborts. */
  hangs: boolean;
  /** Frames that the encoder swallows. */
  lostFrames: number;
}

/** Transcoder and source server over the same addresses, without a process or a socket. */
export interface FakeMedia {
  readonly transcoder: Transcoder;
  readonly sources: SourceServer;
  readonly sound: FakeSound;
  /** Files being served and decoders at work: nothing may be left. */
  readonly open: { readonly sources: number; readonly decoders: number };
}

const pieceSeconds = 0.5;

/** A second of mono sound at 44.1 kHz, kept exactly, unless told otherwise. */
export function createFakeMedia(changes: Partial<FakeSound> = {}): FakeMedia {
  const sound: FakeSound = {
    seconds: 1,
    promised: { seconds: 1, by: 'track' },
    hint: undefined,
    sampleRate: 44_100,
    channels: 1,
    tags: { title: undefined, artist: undefined, album: undefined },
    codec: 'fake',
    cover: undefined,
    loudness: { lufs: -23, truePeakDb: -10 },
    refusal: undefined,
    hangs: false,
    lostFrames: 0,
    ...changes,
  };
  const files = new Map<string, SourceFile>();
  const open = {
    decoders: 0,
    get sources() {
      return files.size;
    },
  };
  return {
    sound,
    open,
    sources: fakeSources(files),
    transcoder: {
      version: 'fake 1.0',
      async probe({ url, signal }) {
        await readAll(files, url, signal);
        if (sound.refusal) throw sound.refusal;
        return {
          formatName: 'fake',
          tracks: [trackOf(sound)],
          cover: sound.cover && { index: 2 },
          chapters: [],
          tags: sound.tags,
        };
      },
      decode(request) {
        const decoded = Promise.withResolvers<{ hint: DecodeHint }>();
        decoded.promise.catch(() => undefined);
        const pcm = async function* () {
          open.decoders += 1;
          try {
            await readAll(files, request.url, request.signal);
            yield* samples(sound, request);
            decoded.resolve({ hint: sound.hint });
          } catch (error) {
            decoded.reject(error);
            throw error;
          } finally {
            open.decoders -= 1;
          }
        };
        return { pcm: pcm(), finished: decoded.promise };
      },
      copy: (request) => copied(sound, request),
      cover: ({ maxBytes }) =>
        Promise.resolve((sound.cover?.length ?? 0) > maxBytes ? undefined : sound.cover),
      async measureLoudness(_request, pcm) {
        await Array.fromAsync(pcm);
        return sound.loudness;
      },
      level: (_request, pcm) => pcm,
      encode: (request, pcm) => encoded(sound, request, pcm),
    },
  };
}

function trackOf({ codec, sampleRate, channels, promised }: FakeSound): AudioTrack {
  return {
    ...{ index: 1, codec, sampleRate, channels, promised },
    ...{ language: undefined, title: undefined, isDefault: true, startsAfterSeconds: 0 },
  };
}

function fakeSources(files: Map<string, SourceFile>): SourceServer {
  let count = 0;
  return {
    serve(file) {
      count += 1;
      const url = `fake:${count}`;
      files.set(url, file);
      const close = () => {
        files.delete(url);
        return Promise.resolve();
      };
      return Promise.resolve({ url, close });
    },
  };
}

/** Reads the whole file as ffmpeg would; what the store fails with looks like a broken file. */
async function readAll(
  files: Map<string, SourceFile>,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const file = files.get(url);
  if (!file) throw new TypeError(`nothing is served at ${url}`);
  try {
    await Array.fromAsync(file.read({ start: 0, end: file.bytes }, signal));
  } catch {
    signal.throwIfAborted();
  }
}

async function* samples(
  sound: FakeSound,
  shape: Pick<DecodeRequest, 'sampleRate' | 'channels' | 'seconds' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  const bytesOf = (seconds: number) => Math.round(seconds * shape.sampleRate) * shape.channels * 4;
  const seconds = Math.min(sound.seconds, shape.seconds ?? Infinity);
  for (let at = 0; at < seconds; at += pieceSeconds) {
    shape.signal.throwIfAborted();
    yield new Uint8Array(bytesOf(Math.min(pieceSeconds, seconds - at)));
    if (sound.hangs) await aborted(shape.signal);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => reject(signal.reason as Error);
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

/** Frames with true headers and nothing in them, as many as LAME would make. */
async function* encoded(
  sound: FakeSound,
  request: EncodeRequest,
  pcm: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pcm) bytes += piece.length;
  const count = framesFor(bytes / (4 * request.channels), request.sampleRate) - sound.lostFrames;
  const { rate } = request;
  yield* emptyFrames({ ...request, bitrate: 'kbps' in rate ? rate.kbps : 128 }, count);
}

/** Frames as LAME would have made them of what is decoded. */
async function* copied(sound: FakeSound, { signal }: CopyRequest): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  signal.throwIfAborted();
  const { sampleRate, channels, seconds } = sound;
  const frames = Math.ceil((seconds * sampleRate) / samplesPerFrame(sampleRate));
  yield* emptyFrames({ sampleRate, channels: channels === 1 ? 1 : 2, bitrate: 128 }, frames);
}

function* emptyFrames(shape: FrameShape, count: number): Generator<Uint8Array> {
  const frame = new Uint8Array(frameBytes(shape));
  frame.set(frameHeader(shape));
  for (let n = 0; n < count; n += 1) yield frame;
}
