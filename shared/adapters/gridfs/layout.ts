import { Binary, type Collection, type Db, ObjectId } from 'mongodb';
import type { Bucket } from '#shared/core/ports';

/**
 * The standard GridFS layout (github.com/mongodb/specifications, gridfs-spec): any driver reads
 * what we write and the other way round. Documents are inserted, read and deleted, never updated,
 * and a file exists for readers from the moment its files document is there.
 */

/** Bytes of every chunk but the last. */
export const chunkBytes = 255 * 1024;

/** One piece of a file. */
export interface ChunkDocument {
  readonly _id: ObjectId;
  readonly files_id: ObjectId;
  readonly n: number;
  readonly data: Binary;
}

/** One complete file; `metadata` is absent in files of other programs. */
export interface FileDocument {
  readonly _id: ObjectId;
  readonly length: number;
  readonly chunkSize: number;
  readonly uploadDate: Date;
  readonly filename: string;
  readonly metadata?: {
    readonly job: string;
    readonly owner: string;
    readonly sha256: string;
    readonly contentType: string;
  };
}

/** Both collections of a bucket, and the database they are in. */
export interface BucketCollections {
  readonly database: Db;
  readonly files: Collection<FileDocument>;
  readonly chunks: Collection<ChunkDocument>;
}

/** The collections of a bucket. */
export function collectionsOf(database: Db, bucket: Bucket): BucketCollections {
  return {
    database,
    files: database.collection<FileDocument>(`${bucket}.files`),
    chunks: database.collection<ChunkDocument>(`${bucket}.chunks`),
  };
}

/** Chunk `n` of a file. */
export function chunkDocument(fileId: ObjectId, n: number, data: Uint8Array): ChunkDocument {
  return { _id: new ObjectId(), files_id: fileId, n, data: new Binary(data) };
}

/** How many bytes chunk `n` of a file has to have. */
export function expectedBytes(file: Pick<FileDocument, 'length' | 'chunkSize'>, n: number): number {
  return Math.min(file.chunkSize, file.length - n * file.chunkSize);
}

/** The bytes of a chunk, not copied. */
export function bytesOf(chunk: Pick<ChunkDocument, 'data'>): Uint8Array {
  return chunk.data.buffer.subarray(0, chunk.data.position);
}
