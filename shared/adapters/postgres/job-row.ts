import type { BellEvent, Topic } from '#shared/contracts/events';
import type { ConversionOptions } from '#shared/contracts/options';
import type { Checkpoint, Job, JobError, JobResult, Receipt } from '#shared/core/job';
import type { JobState } from '#shared/core/jobs';
import type { PendingBell } from '#shared/core/ports';

/** A row of jobs as {@link jobColumns} selects it. */
export interface JobRow {
  readonly id: string;
  readonly ownerId: string;
  readonly state: JobState;
  readonly fileId: string;
  readonly name: string;
  /** bigint comes as text. */
  readonly bytes: string | null;
  readonly sha256: string | null;
  readonly options: ConversionOptions;
  readonly round: number;
  readonly attempt: number;
  readonly progress: number;
  readonly result: JobResult | null;
  readonly receipt: Receipt | null;
  readonly error: JobError | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
  readonly leaseToken: number;
  readonly checkpoint: Checkpoint | null;
  readonly requestId: string | null;
}

/** What to select from `jobs` for a {@link JobRow}. */
export const jobColumns = `jobs.id, jobs.owner_id AS "ownerId", jobs.state,
  jobs.source_file_id AS "fileId", jobs.source_name AS name, jobs.source_bytes AS bytes,
  jobs.source_sha256 AS sha256, jobs.options, jobs.round, jobs.attempt, jobs.progress,
  jobs.result, jobs.receipt, jobs.error, jobs.created_at AS "createdAt",
  jobs.updated_at AS "updatedAt", jobs.expires_at AS "expiresAt",
  jobs.lease_token AS "leaseToken", jobs.checkpoint,
  jobs.request_id AS "requestId"`;

/** The job that a row tells of. */
export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    ownerId: row.ownerId,
    state: row.state,
    source: {
      fileId: row.fileId,
      name: row.name,
      bytes: row.bytes === null ? undefined : Number(row.bytes),
      sha256: row.sha256 ?? undefined,
    },
    options: row.options,
    round: row.round,
    attempt: row.attempt,
    progress: row.progress,
    result: row.result ?? undefined,
    receipt: row.receipt ?? undefined,
    error: row.error ?? undefined,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    expiresAt: row.expiresAt ?? undefined,
  };
}

/** A row of outbox as {@link bellColumns} selects it. */
export interface BellRow {
  readonly outboxId: string;
  readonly event: BellEvent;
}

/** What to select from `outbox` for a {@link BellRow}. */
export const bellColumns = 'outbox.id AS "outboxId", outbox.event';

/** The bell that a row tells of. */
export function toBell({ outboxId, event }: BellRow): PendingBell {
  return { outboxId, event };
}

/**
 * Selects a job with the last bell of a topic that was committed with it: how a repeated request
 * finds what its first commit did when the reply to it was lost.
 */
export function selectWithBell(topic: Topic, where: string): string {
  return `SELECT ${jobColumns}, ${bellColumns}
    FROM jobs JOIN outbox ON job_id = jobs.id AND event ->> 'type' = '${topic}'
    WHERE ${where} ORDER BY outbox.id DESC LIMIT 1`;
}
