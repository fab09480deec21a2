import { type Hash, createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ObjectId } from 'mongodb';
import { AppError } from '#shared/core/errors';
import type { StoredFile } from '#shared/core/job';
import type { NewFile, Savepoints } from '#shared/core/ports';
import { abortable } from './abortable.ts';
import { cutIntoChunks } from './chunk-cutter.ts';
import { lendChunks, readChunks } from './chunk-reader.ts';
import type { ChunkWriter } from './chunk-writer.ts';
import { type WriteTarget, completeOrUndo } from './file-writer.ts';
import { chunkBytes } from './layout.ts';

/** Bytes that come in front of a body and are known after it. */
export interface Head {
  readonly bytes: number;
  build(): Uint8Array;
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
  savepoints?: Savepoints,
): Promise<StoredFile> {
  return completeOrUndo(target, file, signal, async (writer, fileId) => {
    if (head.bytes > chunkBytes) throw new TypeError('The head is longer than one chunk.');
    const opening = createOpening(writer, head);
    const sums: number[] = [];
    let bytes = 0;
    for await (const chunk of cutIntoChunks(
      abortable(body, signal),
      head.bytes,
      writer.newBuffer,
    )) {
      if (sums.length === 0) opening.take(chunk);
      else await writer.add(sums.length, chunk);
      sums.push(crc32(chunk));
      bytes += chunk.length;
      if (chunk.length < chunkBytes || !savepoints?.isWanted(bytes - head.bytes)) continue;
      await opening.storeEarly();
      await writer.flush();
      writer.keep();
      savepoints.stored(bytes - head.bytes);
    }
    if (bytes > 0) sums[0] = await opening.complete();
    await writer.flush();
    return { bytes, sha256: await readBack(target, fileId, bytes, sums) };
  });
}

/**
 * The first chunk of a file with a head. It is stored last, when the head is known; where others
 * have to read the body before, it is stored with an empty head and replaced in the end.
 */
function createOpening(writer: ChunkWriter, head: Head) {
  let first: Buffer = Buffer.alloc(0);
  let isStored = false;
  return {
    take(chunk: Buffer) {
      first = chunk.fill(0, 0, head.bytes);
    },
    async storeEarly() {
      if (isStored) return;
      isStored = true;
      await writer.add(0, Buffer.from(first));
    },
    /** Answers the CRC-32 of the chunk as it is stored now. */
    async complete() {
      first.set(built(head));
      await (isStored ? writer.replace(0, first) : writer.add(0, first));
      return crc32(first);
    },
  };
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
  const chunks = readChunks(bucket, file, { start: 0, end: bytes }, deadline);
  for await (const chunk of lendChunks(chunks)) {
    hash.update(chunk);
    if (crc32(chunk) !== sums[n]) {
      const cause = new Error(`Chunk ${n} of ${fileId.toHexString()} is not as it was sent.`);
      throw new AppError('storage', undefined, { cause });
    }
    n += 1;
  }
  return hash.digest('hex');
}
