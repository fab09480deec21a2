import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { frameBytes, frameHeader } from '#shared/core/mp3';
import type { Bait } from './tricks.ts';

/** A place from which sources are served as real ones are, and the bait that tricks lead to. */
export interface Lure {
  /** The address of a source under which nothing but this is served. */
  serve(name: string, source: Uint8Array): string;
  /** The bait for one source; its address lies next to that of the source. */
  baitFor(name: string): Bait;
  /** What was asked for in the name of one source, besides the source itself. */
  requestsOf(name: string): readonly string[];
  close(): Promise<void>;
}

/** Serves on 127.0.0.1 until it is closed; the file lies in a folder that everybody may read. */
export async function layLure(): Promise<Lure> {
  const bytes = silentMp3();
  const folder = await mkdtemp(join(tmpdir(), 'v2m-lure-'));
  await chmod(folder, 0o755);
  const file = join(folder, 'secret.mp3');
  await writeFile(file, bytes, { mode: 0o644 });
  const sources = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const server = createServer(({ url: path = '' }, response) => {
    if (!sources.has(path)) asked.push(path);
    response.end(sources.get(path) ?? bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const placeOf = (name: string) => `/${encodeURIComponent(name)}`;
  return {
    serve(name, source) {
      sources.set(`${placeOf(name)}/source`, source);
      return `http://127.0.0.1:${port}${placeOf(name)}/source`;
    },
    baitFor: (name) => ({
      ...{ file, bytes },
      url: `http://127.0.0.1:${port}${placeOf(name)}/secret.mp3`,
    }),
    requestsOf: (name) => asked.filter((path) => path.startsWith(`${placeOf(name)}/`)),
    async close() {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true });
    },
  };
}

/** A second and a half of frames with nothing in them. */
function silentMp3(): Uint8Array {
  const encoding = { sampleRate: 44_100, channels: 1, bitrate: 128 } as const;
  const frame = new Uint8Array(frameBytes(encoding));
  frame.set(frameHeader(encoding));
  return Buffer.concat(Array<Uint8Array>(60).fill(frame));
}
