import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Db, GridFSBucket, type GridFSFile, MongoClient, type ObjectId } from 'mongodb';
import pg from 'pg';
import type { Secret } from '../client/newcomer.ts';
import { askAsStranger } from './ask-as-stranger.ts';
import type { AnswerFacts, BucketName, Census, FileFacts, JobFacts, MailFacts } from './census.ts';
import { leaksIn, readLogs, serviceSecrets } from './find-leaks.ts';

/** Where a run left what it did. */
export interface Stores {
  /** The state folder of the run, where its logs and secrets are. */
  readonly root: string;
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly mongodbUri: string;
  readonly mailDir: string;
  /** ffmpeg and ffprobe processes that are alive now. */
  readonly ffmpegs: () => readonly number[];
  /** Seconds of sound in some bytes; undefined for those that are not to be decoded. */
  readonly soundSeconds: (mp3: Buffer) => Promise<number | undefined>;
  /** What the people of the run told nobody but the service. */
  readonly secrets: readonly Secret[];
  /** Nothing is said where functions were killed all the time. */
  readonly answers?: readonly AnswerFacts[];
}

/** Jobs that a stranger asks for. */
const sampled = 5;
const readAtOnce = 4;

const database = 'video_to_mp3';
const buckets = ['videos', 'mp3s'] as const satisfies readonly BucketName[];

/** Reads everything by the drivers themselves: our own adapters may be what is wrong. */
export async function takeCensus(stores: Stores): Promise<Census> {
  const [rows, bytes] = await Promise.all([
    inPostgres(stores.databaseUrl, readRows),
    inMongo(stores.mongodbUri, (db) => readBytes(db, stores.soundSeconds)),
  ]);
  const arrived = await countArrivals(stores.mailDir);
  return {
    jobs: rows.jobs,
    discarded: rows.discarded,
    mails: rows.mails.map((mail) => ({
      ...mail,
      arrived: arrived.get(messageName(mail)) ?? 0,
    })),
    ...bytes,
    ffmpegs: stores.ffmpegs(),
    sights: await askAsStranger(stores.gatewayUrl, sampleOf(rows.jobs)),
    leaks: leaksIn(await readLogs(stores.root), [
      ...(await serviceSecrets(stores.root)),
      ...stores.secrets,
    ]),
    answers: stores.answers ?? [],
  };
}

/** Some jobs from the first to the last. */
function sampleOf(jobs: readonly JobFacts[]): string[] {
  const step = Math.ceil(jobs.length / sampled);
  return jobs.filter((_, index) => index % step === 0).map(({ id }) => id);
}

async function readRows(client: pg.Client) {
  const jobs = await client.query<JobFacts>(`
    SELECT id, state, attempt, history, source_file_id AS "sourceFileId",
      output_file_id AS "outputFileId", result, error,
      coalesce((options ->> 'allowPartial')::boolean, false) AS "allowsPartial" FROM jobs ORDER BY id`);
  const discarded = await client.query<Census['discarded'][number]>(
    'SELECT bucket, file_id AS "fileId" FROM discarded_files',
  );
  const mails = await client.query<Omit<MailFacts, 'arrived'>>(
    'SELECT job_id AS "jobId", round, kind, state FROM mails WHERE job_id IS NOT NULL',
  );
  return { jobs: jobs.rows, discarded: discarded.rows, mails: mails.rows };
}

async function readBytes(db: Db, soundSeconds: Stores['soundSeconds']) {
  const files: FileFacts[] = [];
  const chunked: { bucket: BucketName; fileId: string }[] = [];
  for (const bucket of buckets) {
    const chunks = db.collection<{ files_id: ObjectId }>(`${bucket}.chunks`);
    const ids = await chunks.distinct('files_id');
    chunked.push(...ids.map((id) => ({ bucket, fileId: id.toHexString() })));
    const found = await new GridFSBucket(db, { bucketName: bucket }).find().toArray();
    for (let from = 0; from < found.length; from += readAtOnce) {
      const some = found.slice(from, from + readAtOnce);
      files.push(
        ...(await Promise.all(some.map((one) => readGridFsFile(db, bucket, one, soundSeconds)))),
      );
    }
  }
  return { files, chunked };
}

async function readGridFsFile(
  db: Db,
  bucket: BucketName,
  { _id, length, metadata }: GridFSFile,
  soundSeconds: Stores['soundSeconds'],
): Promise<FileFacts> {
  const whole = bucket === 'mp3s' ? await readWhole(db, bucket, _id) : undefined;
  return {
    bucket,
    fileId: _id.toHexString(),
    jobId: String(metadata?.['job']),
    bytes: whole?.length ?? length,
    sha256: whole ? createHash('sha256').update(whole).digest('hex') : '',
    soundSeconds: whole && (await soundSeconds(whole)),
  };
}

/** MP3s of a test run are small enough to be held whole. What cannot be read has no bytes. */
async function readWhole(db: Db, bucketName: BucketName, id: ObjectId): Promise<Buffer> {
  const download = new GridFSBucket(db, { bucketName }).openDownloadStream(id);
  return buffer(download).catch(() => Buffer.alloc(0));
}

/** The left side of the Message-ID that a mail must have. */
function messageName({ kind, jobId, round }: Omit<MailFacts, 'arrived'>): string {
  return round === 1 ? `${kind}.${jobId}` : `${kind}.${jobId}.${round}`;
}

/** Mails in the sink by the left side of their Message-ID. */
async function countArrivals(mailDir: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const name of await readdir(mailDir)) {
    if (!name.endsWith('.eml')) continue;
    const mail = await readFile(join(mailDir, name), 'latin1');
    const id = /^Message-ID:\s*<([^@>]+)@/im.exec(mail)?.[1] ?? '';
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function inPostgres<T>(url: string, look: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await look(client);
  } finally {
    await client.end();
  }
}

async function inMongo<T>(uri: string, look: (db: Db) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(uri);
  try {
    return await look(client.db(database));
  } finally {
    await client.close();
  }
}
