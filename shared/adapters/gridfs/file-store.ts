import { MongoClient, ObjectId } from 'mongodb';
import { withPassword } from '#shared/core/address';
import { AppError } from '#shared/core/errors';
import type { Bucket, FileInfo, FileStore } from '#shared/core/ports';
import { abortable } from './abortable.ts';
import { lendChunks, readChunks } from './chunk-reader.ts';
import { createDeadline } from './deadline.ts';
import { type WriteTarget, writeFile } from './file-writer.ts';
import { writeFileWithHead } from './headed-file.ts';
import { ensureIndexes } from './indexes.ts';
import { createLeftovers } from './leftovers.ts';
import { type FileDocument, chunkBytes, collectionsOf } from './layout.ts';
import { createRecentFiles, type RecentFiles } from './recent-files.ts';

/** Which server, and how patient to be with it. */
export interface FileStoreOptions {
  /** `mongodb://…` or `mongodb+srv://…`. */
  readonly uri: string;
  /** For a `uri` that names a user without a password. */
  readonly password?: string | undefined;
  readonly database: string;
  /** Milliseconds for one operation (a batch of chunks at most). */
  readonly deadlineMs?: number;
  /** The clock; the machine's when absent. */
  readonly now?: () => Date;
}

/** A {@link FileStore} that has to be opened and closed. */
export interface GridFsFileStore extends FileStore {
  /** Connects and sees to the indexes of both buckets; rejects with `storage`. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Files in GridFS, on any MongoDB-compatible server. Every operation has `deadlineMs` (10 s), then
 * the call rejects with `storage`; so does whatever the server or the driver complains of.
 */
export function createFileStore(options: FileStoreOptions): GridFsFileStore {
  const { deadlineMs = 10_000, now = () => new Date() } = options;
  const client = new MongoClient(withPassword(options.uri, options.password), {
    serverSelectionTimeoutMS: deadlineMs,
    connectTimeoutMS: deadlineMs,
    // Ours comes first; this frees the connection of an operation that nobody waits for any more.
    socketTimeoutMS: 2 * deadlineMs,
  });
  const deadline = createDeadline(deadlineMs);
  const database = client.db(options.database);
  const open = (name: Bucket) => {
    const bucket = collectionsOf(database, name);
    const recent = createRecentFiles((fileId) => findFile({ bucket, deadline }, fileId));
    return { bucket, deadline, now, recent, leftovers: createLeftovers(bucket, deadline) };
  };
  const buckets = { videos: open('videos'), mp3s: open('mp3s') };

  return {
    async ready() {
      const opened = Object.values(buckets);
      await Promise.all(opened.map(({ bucket }) => deadline(ensureIndexes(bucket))));
    },
    close: () => client.close(),
    newFileId: () => new ObjectId().toHexString(),
    write: (bucket, file, source, signal) => writeFile(buckets[bucket], file, source, signal),
    writeWithHead: (bucket, file, body, head, signal, savepoints) =>
      writeFileWithHead(buckets[bucket], file, body, head, signal, savepoints),
    async info(bucket, fileId) {
      const file = await findFile(buckets[bucket], fileId);
      return file && toInfo(file);
    },
    read: (bucket, fileId, range, signal) =>
      abortable(readFile(buckets[bucket], fileId, range), signal),
    lend: (bucket, fileId, range, signal) =>
      abortable(lendChunks(readFile(buckets[bucket], fileId, range)), signal),
    readPart: (bucket, fileId, range, signal) =>
      abortable(readWholeChunks(buckets[bucket], fileId, range), signal),
    remove: (bucket, fileId) => removeFile(buckets[bucket], fileId),
    listOlderThan: (bucket, seconds, limit) =>
      buckets[bucket].leftovers(new Date(now().getTime() - seconds * 1000), limit),
  };
}

/** A bucket that is open. */
type Source = Omit<WriteTarget, 'now'> & { readonly recent: RecentFiles };

async function findFile(
  { bucket, deadline }: Omit<Source, 'recent'>,
  fileId: string,
): Promise<FileDocument | undefined> {
  const _id = ObjectId.createFromHexString(fileId);
  return (await deadline(bucket.files.findOne({ _id }))) ?? undefined;
}

async function* readFile(
  { bucket, deadline, recent }: Source,
  fileId: string,
  range?: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await recent.find(fileId);
  if (!file) {
    const cause = new Error(`There is no file ${fileId}.`);
    throw new AppError('stored_file_damaged', undefined, { cause });
  }
  const { start, end } = range ?? { start: 0, end: file.length };
  if (start < 0 || end < start || end > file.length) {
    throw new TypeError(`The file has ${file.length} bytes, not ${start} to ${end}.`);
  }
  yield* readChunks(bucket, file, { start, end }, deadline);
}

/** Where there may be no files document: every chunk that the range touches is a whole one. */
function readWholeChunks(
  { bucket, deadline }: Source,
  fileId: string,
  range: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  const length = Math.ceil(range.end / chunkBytes) * chunkBytes;
  const file = { _id: ObjectId.createFromHexString(fileId), length, chunkSize: chunkBytes };
  return readChunks(bucket, file, range, deadline);
}

/** The files document first: what is half removed is no file any more. */
async function removeFile(
  { bucket: { files, chunks }, deadline, recent }: Source,
  fileId: string,
): Promise<void> {
  recent.forget(fileId);
  const _id = ObjectId.createFromHexString(fileId);
  await deadline(files.deleteOne({ _id }));
  await deadline(chunks.deleteMany({ files_id: _id }));
}

function toInfo(file: FileDocument): FileInfo {
  return {
    fileId: file._id.toHexString(),
    bytes: file.length,
    uploadedAt: file.uploadDate,
    contentType: file.metadata?.contentType ?? 'application/octet-stream',
    sha256: file.metadata?.sha256 ?? '',
  };
}
