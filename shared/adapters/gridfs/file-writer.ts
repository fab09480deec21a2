import { type Hash, createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ObjectId } from 'mongodb';
import { AppError } from '#shared/core/errors';
import type { StoredFile } from '#shared/core/job';
import type { NewFile } from '#shared/core/ports';
import { abortable } from './abortable.ts';
import { cutIntoChunks } from './chunk-cutter.ts';
import { readChunks } from './chunk-reader.ts';
import { type ChunkWriter, createChunkWriter } from './chunk-writer.ts';
import type { Deadline } from './deadline.ts';
import { type BucketCollections, type FileDocument, chunkBytes } from './layout.ts';

/** Where a file goes, and what time it is there. */
export interface WriteTarget {
  readonly bucket: BucketCollections;
  readonly deadline: Deadline;
  readonly now: () => Date;
}

/** Bytes that come in front of a body and are known after it. */
export interface Head {
  readonly bytes: number;
  build(): Uint8Array;
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** Stores a stream as it comes; see FileStore in shared/core/ports.ts. */
export function writeFile(
  target: WriteTarget,
  file: NewFile,
  source: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<StoredFile> {
  return completeOrUndo(target, file, signal, async (writer) => {
    const hash = createHash('sha256');
    let bytes = 0;
    let n = 0;
    for await (const chunk of cutIntoChunks(abortable(source, signal), 0, writer.newBuffer)) {
      hash.update(chunk);
      bytes += chunk.length;
      await writer.add(n++, chunk);
    }
    await writer.flush();
    return { bytes, sha256: hash.digest('hex') };
  });
}

/**
 * Stores a head and a body, the first chunk last, and takes the hash of what can be read back:
 * each chunk is compared (CRC-32) with what was sent.
 */
export function writeFileWithHead(
  target: WriteTarget,
  file: NewFile,
  body: AsyncIterable<Uint8Array>,
  head: Head,
  signal?: AbortSignal,
): Promise<StoredFile> {
  return completeOrUndo(target, file, signal, async (writer, fileId) => {
    if (head.bytes > chunkBytes) throw new TypeError('The head is longer than one chunk.');
    const sums: number[] = [];
    let first: Buffer | undefined;
    let bytes = 0;
    for await (const chunk of cutIntoChunks(
      abortable(body, signal),
      head.bytes,
      writer.newBuffer,
    )) {
      first ??= chunk;
      if (chunk !== first) await writer.add(sums.length, chunk);
      sums.push(crc32(chunk));
      bytes += chunk.length;
    }
    if (first) {
      first.set(built(head));
      sums[0] = crc32(first);
      await writer.add(0, first);
    }
    await writer.flush();
    return { bytes, sha256: await readBack(target, fileId, bytes, sums) };
  });
}

/**
 * Lets `write` store the chunks, then inserts the files document. Where anything fails, removes
 * the chunks (what cannot be removed is left to the sweep) and rejects with the first reason.
 */
async function completeOrUndo(
  { bucket, deadline, now }: WriteTarget,
  file: NewFile,
  signal: AbortSignal | undefined,
  write: (writer: ChunkWriter, fileId: ObjectId) => Promise<Written>,
): Promise<StoredFile> {
  const fileId = ObjectId.createFromHexString(file.fileId);
  const writer = createChunkWriter(bucket, fileId, deadline);
  try {
    const written = await write(writer, fileId);
    signal?.throwIfAborted();
    // Journalled, and with it all that was inserted before: a crash now loses nothing.
    const writeConcern = { w: 'majority', j: true } as const;
    const document = fileDocument(fileId, file, written, now());
    await deadline(bucket.files.insertOne(document, { writeConcern }));
    return { fileId: file.fileId, ...written };
  } catch (error) {
    await writer.undo().catch(() => undefined);
    throw error;
  }
}

function fileDocument(
  _id: ObjectId,
  file: NewFile,
  { bytes, sha256 }: Written,
  uploadDate: Date,
): FileDocument {
  const { jobId: job, ownerId: owner, contentType } = file;
  const metadata = { job, owner, sha256, contentType };
  return { _id, length: bytes, chunkSize: chunkBytes, uploadDate, filename: file.name, metadata };
}

function built(head: Head): Uint8Array {
  const bytes = head.build();
  if (bytes.length === head.bytes) return bytes;
  throw new TypeError(`The head has ${bytes.length} bytes and was told to have ${head.bytes}.`);
}

async function readBack(
  { bucket, deadline }: WriteTarget,
  fileId: ObjectId,
  bytes: number,
  sums: readonly number[],
): Promise<string> {
  const hash: Hash = createHash('sha256');
  const file = { _id: fileId, length: bytes, chunkSize: chunkBytes };
  let n = 0;
  for await (const chunk of readChunks(bucket, file, { start: 0, end: bytes }, deadline)) {
    hash.update(chunk);
    if (crc32(chunk) !== sums[n]) {
      const cause = new Error(`Chunk ${n} of ${fileId.toHexString()} is not as it was sent.`);
      throw new AppError('storage', undefined, { cause });
    }
    n += 1;
  }
  return hash.digest('hex');
}
