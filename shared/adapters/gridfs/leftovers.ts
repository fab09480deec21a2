import { ObjectId } from 'mongodb';
import type { Deadline } from './deadline.ts';
import type { BucketCollections } from './layout.ts';

/** Files whose chunks are looked at in one call, each by one query of the index. */
const filesLookedAt = 200;
/** A busy server gets fewer such queries: the next call goes on. */
const longestMs = 2_000;
const beginning = new ObjectId('000000000000000000000000');

/** Lists old files; see {@link createLeftovers}. */
export type Leftovers = (before: Date, limit: number) => Promise<readonly string[]>;

/**
 * Lists what is older than `before`: files by their upload date, and chunks without a files
 * document by the time in their own `_id`. A call does a bounded amount of work, the next one goes
 * on behind it, and after the end it begins anew: so no file is overlooked because older ones are
 * still needed. Chunks without a file come first; they are few.
 */
export function createLeftovers(bucket: BucketCollections, deadline: Deadline): Leftovers {
  let lastFile = beginning;
  let lastChunk = beginning;

  async function files(before: Date, limit: number): Promise<string[]> {
    const found = await deadline(
      bucket.files
        .find({ _id: { $gt: lastFile }, uploadDate: { $lt: before } }, { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    );
    lastFile = (found.length === limit ? found.at(-1)?._id : undefined) ?? beginning;
    return found.map(({ _id }) => _id.toHexString());
  }

  async function strandedChunks(before: Date, limit: number): Promise<string[]> {
    const stranded: string[] = [];
    const until = performance.now() + longestMs;
    for (let seen = 0; seen < filesLookedAt && stranded.length < limit; seen += 1) {
      if (performance.now() > until) break;
      const fileId = await nextFileOfChunks(lastChunk);
      lastChunk = fileId ?? beginning;
      if (!fileId) break;
      if (await isStranded(fileId, before)) stranded.push(fileId.toHexString());
    }
    return stranded;
  }

  async function nextFileOfChunks(after: ObjectId): Promise<ObjectId | undefined> {
    const chunk = await deadline(
      bucket.chunks.findOne(
        { files_id: { $gt: after } },
        { sort: { files_id: 1, n: 1 }, projection: { _id: 0, files_id: 1 } },
      ),
    );
    return chunk?.files_id;
  }

  async function isStranded(fileId: ObjectId, before: Date): Promise<boolean> {
    const projection = { _id: 1 } as const;
    if (await deadline(bucket.files.findOne({ _id: fileId }, { projection }))) return false;
    const newest = await deadline(
      bucket.chunks.findOne({ files_id: fileId }, { sort: { files_id: -1, n: -1 }, projection }),
    );
    return newest !== null && newest._id.getTimestamp() < before;
  }

  return async (before, limit) => {
    const stranded = await strandedChunks(before, Math.ceil(limit / 2));
    const rest = limit - stranded.length;
    // A limit of 0 means none to us and all to the server.
    return rest === 0 ? stranded : [...stranded, ...(await files(before, rest))];
  };
}
