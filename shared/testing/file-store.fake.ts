import { createHash } from 'node:crypto';
import type { StoredFile } from '#shared/core/job';
import type { Bucket, FileInfo, FileStore, NewFile, Savepoints } from '#shared/core/ports';
import { AppError } from '#shared/core/errors';

const chunkBytes = 255 * 1024;

interface Entry {
  chunks: (Uint8Array | undefined)[];
  info: FileInfo | undefined;
}

/** What a test can look at and break, on the fake and on a real server alike. */
export interface FileStoreBench {
  chunkCount(bucket: Bucket, fileId: string): Promise<number>;
  /** Makes chunk `n` of a stored file vanish or lose its last byte. */
  damage(bucket: Bucket, fileId: string, n: number, how: 'missing' | 'short'): Promise<void>;
  /** Leaves the chunks without their file, as a crash in mid-upload does. */
  strand(bucket: Bucket, fileId: string): Promise<void>;
}

/** A {@link FileStore} in memory, cut in chunks like the real one; ids count up from 1. */
export function createFakeFileStore(
  now: () => Date = () => new Date(),
): FileStore & FileStoreBench {
  const entries = new Map<string, Entry & { storedAt: Date }>();
  const key = (bucket: Bucket, fileId: string) => `${bucket}/${fileId}`;
  const damaged = (fileId: string) =>
    new AppError('stored_file_damaged', `A part of file ${fileId} is not in the store.`);
  /** Where the last listing of a bucket ended. */
  const seen: Record<Bucket, string> = { videos: '', mp3s: '' };
  let ids = 0;

  async function store(
    bucket: Bucket,
    file: NewFile,
    collected: (keep: (bytes: Buffer) => void) => Promise<Buffer>,
  ): Promise<StoredFile> {
    const { fileId, contentType } = file;
    if (entries.has(key(bucket, fileId))) throw new AppError('storage');
    const bytes = await collected((part) => {
      entries.set(key(bucket, fileId), { chunks: cut(part), info: undefined, storedAt: now() });
    });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    entries.set(key(bucket, fileId), {
      chunks: cut(bytes),
      info: { fileId, bytes: bytes.length, uploadedAt: now(), contentType, sha256 },
      storedAt: now(),
    });
    return { fileId, bytes: bytes.length, sha256 };
  }

  return {
    newFileId() {
      ids += 1;
      return ids.toString(16).padStart(24, '0');
    },
    write: (bucket, file, source, signal) => store(bucket, file, () => collect(source, signal)),
    writeWithHead: (bucket, file, body, head, signal, savepoints) =>
      store(bucket, file, async (keep) => {
        const empty = Buffer.alloc(head.bytes);
        const seen = savepoints && saving(savepoints, empty, keep);
        const bytes = await collect(body, signal, seen);
        return Buffer.concat([checkedHead(head), bytes]);
      }),
    info: (bucket, fileId) => Promise.resolve(entries.get(key(bucket, fileId))?.info),
    async *read(bucket, fileId, range, signal) {
      const entry = entries.get(key(bucket, fileId));
      if (!entry?.info) throw damaged(fileId);
      const { start, end } = range ?? { start: 0, end: entry.info.bytes };
      if (start < 0 || end < start || end > entry.info.bytes) throw new TypeError('No such range.');
      for (let n = Math.floor(start / chunkBytes); n * chunkBytes < end; n += 1) {
        await Promise.resolve();
        signal?.throwIfAborted();
        const from = n * chunkBytes;
        const chunk = entry.chunks[n];
        if (chunk?.length !== Math.min(chunkBytes, entry.info.bytes - from)) throw damaged(fileId);
        yield chunk.subarray(Math.max(0, start - from), end - from);
      }
    },
    async *lend(...where) {
      for await (const piece of this.read(...where)) {
        const lent = Uint8Array.from(piece);
        yield lent;
        lent.fill(0);
      }
    },
    async *readPart(bucket, fileId, { start, end }, signal) {
      const { chunks = [] } = entries.get(key(bucket, fileId)) ?? {};
      for (let n = Math.floor(start / chunkBytes); n * chunkBytes < end; n += 1) {
        await Promise.resolve();
        signal?.throwIfAborted();
        const from = n * chunkBytes;
        const chunk = chunks[n];
        if (chunk?.length !== chunkBytes) throw damaged(fileId);
        yield chunk.subarray(Math.max(0, start - from), end - from);
      }
    },
    remove(bucket, fileId) {
      entries.delete(key(bucket, fileId));
      return Promise.resolve();
    },
    listOlderThan(bucket, seconds, limit) {
      const before = now().getTime() - seconds * 1000;
      const old = [...entries]
        .filter(([name, entry]) => name.startsWith(`${bucket}/`) && +entry.storedAt < before)
        .map(([name]) => name.slice(bucket.length + 1))
        .filter((fileId) => fileId > seen[bucket])
        .sort()
        .slice(0, limit);
      seen[bucket] = old.length < limit ? '' : (old.at(-1) ?? '');
      return Promise.resolve(old);
    },
    chunkCount(bucket, fileId) {
      const chunks = entries.get(key(bucket, fileId))?.chunks ?? [];
      return Promise.resolve(chunks.filter((chunk) => chunk !== undefined).length);
    },
    damage(bucket, fileId, n, how) {
      const chunks = entries.get(key(bucket, fileId))?.chunks ?? [];
      chunks[n] = how === 'missing' ? undefined : chunks[n]?.subarray(0, -1);
      return Promise.resolve();
    },
    strand(bucket, fileId) {
      const entry = entries.get(key(bucket, fileId));
      if (entry) entry.info = undefined;
      return Promise.resolve();
    },
  };
}

function checkedHead(head: { readonly bytes: number; build(): Uint8Array }): Uint8Array {
  if (head.bytes > chunkBytes) throw new TypeError('The head is longer than one chunk.');
  const built = head.build();
  if (built.length !== head.bytes) throw new TypeError('The head is not as long as it was told.');
  return built;
}

function cut(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / chunkBytes);
  return Array.from({ length: count }, (_, n) =>
    bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes),
  );
}

/**
 * Keeps the whole chunks so far where that is wanted; called with all pieces of the body so far.
 */
function saving(savepoints: Savepoints, head: Buffer, keep: (bytes: Buffer) => void) {
  let asked = 0;
  return (pieces: readonly Buffer[]): void => {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, head.length);
    const whole = Math.floor(bytes / chunkBytes) * chunkBytes;
    if (whole === asked || !savepoints.isWanted(whole - head.length)) return;
    asked = whole;
    keep(Buffer.concat([head, ...pieces]).subarray(0, whole));
    savepoints.stored(whole - head.length);
  };
}

/** All bytes of the source; rejects with the signal's reason as soon as it aborts. */
function collect(
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
  onPiece: (pieces: readonly Buffer[]) => void = () => undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    copyOf(source, onPiece)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', stop));
  });
}

/** Copies each piece: a source may use its buffer again. */
async function copyOf(
  source: AsyncIterable<Uint8Array>,
  onPiece: (pieces: readonly Buffer[]) => void,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) {
    pieces.push(Buffer.from(piece));
    onPiece(pieces);
  }
  return Buffer.concat(pieces);
}
