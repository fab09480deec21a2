import { createHash } from 'node:crypto';
import { ObjectId } from 'mongodb';
import type { StoredFile } from '#shared/core/job';
import type { NewFile } from '#shared/core/ports';
import { abortable } from './abortable.ts';
import { cutIntoChunks } from './chunk-cutter.ts';
import { type ChunkWriter, createChunkWriter } from './chunk-writer.ts';
import type { Deadline } from './deadline.ts';
import { type BucketCollections, type FileDocument, chunkBytes } from './layout.ts';

/** Where a file goes, and what time it is there. */
export interface WriteTarget {
  readonly bucket: BucketCollections;
  readonly deadline: Deadline;
  readonly now: () => Date;
}

/** What was written, hashed. */
export interface Written {
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
 * Lets `write` store the chunks, then inserts the files document. Where anything fails, removes
 * the chunks (what cannot be removed is left to the sweep) and rejects with the first reason.
 */
export async function completeOrUndo(
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
