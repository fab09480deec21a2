import { createHash } from 'node:crypto';
import { GridFSBucket, MongoClient, ObjectId, type Db } from 'mongodb';
import type { JobStep } from '#shared/core/jobs';
import pg from 'pg';
import type { HistoryEntry } from '../invariants/census.ts';
import { service } from './service.ts';

/*
 * What the stores hold, read by the drivers themselves and not by our adapters.
 */

/** The row of a job, with what its owner is not shown. */
export interface JobRow {
  readonly sourceFileId: string;
  readonly outputFileId: string | null;
  /** Who claimed it last: `host:pid`. */
  readonly leaseWorker: string | null;
  readonly checkpoint: { readonly fileId: string; readonly segments: number } | null;
  readonly history: readonly HistoryEntry[];
}

/** Rejects when there is none. */
export async function jobRow(jobId: string): Promise<JobRow> {
  const [row] = await inPostgres<JobRow>(
    `SELECT source_file_id AS "sourceFileId", output_file_id AS "outputFileId",
       lease_worker AS "leaseWorker", checkpoint, history
     FROM jobs WHERE id = $1`,
    jobId,
  );
  if (row === undefined) throw new Error(`no job ${jobId}`);
  return row;
}

/** What happened to a job, step by step. */
export async function stepsOf(jobId: string): Promise<JobStep[]> {
  return (await jobRow(jobId)).history.map(({ step }) => step);
}

/** The mail about a job: what became of it, and what the mail server said last. */
export async function mailOf(jobId: string) {
  const [mail] = await inPostgres<{ state: string; reason: string | null }>(
    'SELECT state, reason FROM mails WHERE job_id = $1',
    jobId,
  );
  if (mail === undefined) throw new Error(`no mail about ${jobId}`);
  return mail;
}

/** What the last sweep that ended did, and how long ago that was. */
export async function lastSweep() {
  const [sweep] = await inPostgres<{ counts: Record<string, number>; seconds: number }>(
    'SELECT counts, extract(epoch FROM now() - ended_at)::float8 AS seconds FROM sweeps',
  );
  if (sweep === undefined) throw new Error('nothing was ever swept');
  return sweep;
}

/** As if the last sweep had been an hour ago. */
export async function forgetSweeps(): Promise<void> {
  await inPostgres(`INSERT INTO sweeps (ended_at, counts) VALUES (now() - interval '1 hour', '{}')
    ON CONFLICT (one) DO UPDATE SET ended_at = excluded.ended_at`);
}

/** As if a job had waited for a minute more. */
export async function waitedLong(jobId: string): Promise<void> {
  await inPostgres("UPDATE jobs SET due_at = due_at - interval '1 minute' WHERE id = $1", jobId);
}

/**
 * As if the time had passed until the mail about a job is due again: the pause after a failure, or
 * the lease of whoever died over it.
 */
export async function makeMailDue(jobId: string): Promise<void> {
  await inPostgres('UPDATE mails SET due_at = now(), called_at = NULL WHERE job_id = $1', jobId);
}

/** As if the lease of a dead worker had run out by now. */
export async function endLease(jobId: string): Promise<void> {
  await inPostgres("UPDATE jobs SET due_at = now() WHERE id = $1 AND state = 'running'", jobId);
}

/** As if all bells about a job had rung so long ago that the sweep misses an answer. */
export async function missBells(jobId: string): Promise<void> {
  const past = "called_at = called_at - interval '30 s'";
  await inPostgres(`UPDATE jobs SET ${past} WHERE id = $1`, jobId);
  await inPostgres(`UPDATE mails SET ${past} WHERE job_id = $1`, jobId);
}

/** As if so many more seconds had passed since bells rang, were heard, and functions called. */
export async function letPass(seconds: number): Promise<void> {
  const earlier = (column: string) => `${column} = ${column} - $1::float8 * interval '1 second'`;
  await inPostgres(
    `WITH rung AS (UPDATE outbox SET ${earlier('created_at')}),
       heard AS (UPDATE hearing SET ${earlier('heard_at')}),
       called AS (UPDATE jobs SET ${earlier('called_at')})
     UPDATE mails SET ${earlier('called_at')}`,
    seconds,
  );
}

/** Files in GridFS that belong to a job or to a person. */
export function storedFiles(whose: { job: string } | { owner: string }) {
  const [[key, value] = ['', '']] = Object.entries(whose);
  return inGridFs(async (database) => {
    const count = (bucket: string) =>
      database.collection(`${bucket}.files`).countDocuments({ [`metadata.${key}`]: value });
    return { videos: await count('videos'), mp3s: await count('mp3s') };
  });
}

/** Chunks of a file, complete or not. */
export function chunkCount(bucket: 'videos' | 'mp3s', fileId: string): Promise<number> {
  return inGridFs((database) =>
    database
      .collection(`${bucket}.chunks`)
      .countDocuments({ files_id: ObjectId.createFromHexString(fileId) }),
  );
}

/** Takes one chunk of a file away. */
export async function loseChunk(bucket: 'videos' | 'mp3s', fileId: string, n: number) {
  const { deletedCount } = await inGridFs((database) =>
    database
      .collection(`${bucket}.chunks`)
      .deleteOne({ files_id: ObjectId.createFromHexString(fileId), n }),
  );
  if (deletedCount !== 1) throw new Error(`no chunk ${n} of ${fileId}`);
}

/** SHA-256 of the video of a job as GridFS holds it. */
export function storedVideoSha256(jobId: string): Promise<string> {
  return inGridFs(async (database) => {
    const bucket = new GridFSBucket(database, { bucketName: 'videos' });
    const [file] = await bucket.find({ 'metadata.job': jobId }).toArray();
    if (file === undefined) throw new Error(`no video of job ${jobId}`);
    const hash = createHash('sha256');
    for await (const chunk of bucket.openDownloadStream(file._id)) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  });
}

async function inGridFs<T>(look: (database: Db) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(service.mongodbUri);
  try {
    return await look(client.db('video_to_mp3'));
  } finally {
    await client.close();
  }
}

async function inPostgres<Row extends object>(
  text: string,
  ...values: (string | number)[]
): Promise<Row[]> {
  const client = new pg.Client(service.databaseUrl);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
