import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSourceServer } from '#shared/adapters/ffmpeg/source-server';
import { createTranscoder } from '#shared/adapters/ffmpeg/transcoder';
import type { SourceServer, Transcoder } from '#shared/core/ports';
import { log } from '#shared/runtime/log';
import type { Bench, Benchmark, Figure } from './benchmark.ts';
import { makeVideo } from './video.ts';

const filmSeconds = 60;
/** What the store reads as a whole. */
const chunkBytes = 255 * 1024;
const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 600 };

/** ffmpeg's default interleaving, and that of phones. */
const interleavings = {
  'frame by frame': [],
  'half a second': ['-chunk_duration', '500000'],
  'a second': ['-chunk_duration', '1000000'],
} as const;

const layouts = {
  'MP4, index first': { container: 'mp4', name: 'first.mov', options: ['-movflags', '+faststart'] },
  'MP4, index last': { container: 'mp4', name: 'last.mov', options: [] },
  Matroska: { container: 'matroska', name: 'film.mkv', options: [] },
} as const;

/** How much of a film is read for its sound; the bound is for what phones make. */
export const jFractions: Benchmark = {
  name: 'j-fractions',
  title: "bytes read from the store ÷ bytes of a phone's film, 16 Mb/s, index last, a second each",
  bound: 0.3,
  better: 'lower',
  async measure(bench) {
    const { ffmpegPath, ffprobePath } = bench.service.addresses;
    const transcoder = await createTranscoder({ ffmpegPath, ffprobePath, limits, log });
    const sources = await createSourceServer();
    const film = await makeVideo(bench, filmSeconds, '16 Mb/s');
    try {
      return await measureAll(bench, { transcoder, sources }, film);
    } finally {
      await rm(film);
      await sources.close();
    }
  },
};

interface Parts {
  readonly transcoder: Transcoder;
  readonly sources: SourceServer;
}

async function measureAll(bench: Bench, parts: Parts, film: string) {
  const figures: Figure[] = [];
  let ofPhones = NaN;
  for (const [layout, { container, name, options }] of Object.entries(layouts)) {
    for (const [interleaving, chunks] of Object.entries(interleavings)) {
      const path = join(bench.folder, name);
      const words = ['-nostdin', '-v', 'error', '-y', '-i', film, '-map', '0', '-c', 'copy'];
      await promisify(execFile)(bench.service.addresses.ffmpegPath, [
        ...[...words, ...chunks, ...options, path],
      ]);
      const { probed, decoded } = await measureOne(parts, path, container);
      await rm(path);
      figures.push([`${layout}, ${interleaving}`, `probe ${probed.text}, decode ${decoded.text}`]);
      if (name === 'last.mov') ofPhones = probed.share + decoded.share;
    }
  }
  return { ratios: [ofPhones], figures };
}

async function measureOne(
  { transcoder, sources }: Parts,
  path: string,
  container: 'mp4' | 'matroska',
) {
  const { size } = await stat(path);
  const meter = createMeter(path, size);
  const served = await sources.serve({ bytes: size, read: (range) => meter.read(range) });
  const source = { url: served.url, container, signal: new AbortController().signal };
  try {
    const { tracks } = await transcoder.probe(source);
    const probed = meter.take();
    const trackIndex = tracks[0]?.index ?? NaN;
    const shape = { trackIndex, sampleRate: 44_100, channels: 2 } as const;
    const { pcm, finished } = transcoder.decode({ ...source, ...shape });
    let bytes = 0;
    for await (const piece of pcm) bytes += piece.length;
    await finished;
    if (bytes < filmSeconds * 44_100 * 8 * 0.99) throw new Error(`${path} was not decoded`);
    return { probed, decoded: meter.take() };
  } finally {
    await served.close();
  }
}

/** Reads a file in pieces as the store does, and counts. */
function createMeter(path: string, size: number) {
  let sent = 0;
  let read = 0;
  return {
    async *read({ start, end }: { start: number; end: number }): AsyncGenerator<Uint8Array> {
      for (let at = start; at < end; at = nextChunk(at)) {
        read += Math.min(chunkBytes, size - (nextChunk(at) - chunkBytes));
        const last = Math.min(end, nextChunk(at)) - 1;
        const stream = createReadStream(path, { start: at, end: last, highWaterMark: chunkBytes });
        for await (const piece of stream) {
          if (piece instanceof Uint8Array) yield piece;
        }
        sent += last + 1 - at;
      }
    },
    /** Since the last call. */
    take() {
      const share = read / size;
      const text = `${percent(share)} read, ${percent(sent / size)} sent`;
      sent = 0;
      read = 0;
      return { share, text };
    },
  };
}

function nextChunk(at: number): number {
  return (Math.floor(at / chunkBytes) + 1) * chunkBytes;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
