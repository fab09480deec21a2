import { jobColumns, toJob } from '#shared/adapters/postgres/job-row';
import type { JobRow } from '#shared/adapters/postgres/job-row';
import type { Pool } from '#shared/adapters/postgres/pool';
import { seconds } from '#shared/adapters/postgres/transition';
import { messageId } from '#shared/core/mail';
import type { DueMail, MailKind, Mails } from '#shared/core/ports';

interface MailRow extends JobRow {
  readonly mailId: string;
  readonly kind: MailKind;
  readonly to: string;
  readonly jobId: string | null;
  readonly mailRound: number;
  /** Whether the job is there, and still in the round that the mail tells of. */
  readonly isOfNow: boolean;
  readonly mailAttempt: number;
  readonly mailRequestId: string | null;
}

// Once the person asked for a job again, a mail about the round before tells of nothing any more.
const claim = `WITH picked AS (
    SELECT id AS picked_id FROM mails WHERE state = 'due' AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ), mail AS (
    UPDATE mails SET attempt = attempt + 1, updated_at = now(),
      due_at = now() + ${seconds('$1 * 2 ^ greatest(attempt - 1, 0)')}
    FROM picked WHERE id = picked_id RETURNING mails.*
  )
  SELECT mail.id AS "mailId", mail.kind, users.email AS "to", mail.job_id AS "jobId",
    mail.round AS "mailRound", jobs.id IS NOT NULL AS "isOfNow", mail.attempt AS "mailAttempt",
    mail.request_id AS "mailRequestId", ${jobColumns}
  FROM mail JOIN users ON users.id = user_id
    LEFT JOIN jobs ON jobs.id = job_id AND jobs.round = mail.round`;

const end = 'UPDATE mails SET state = $2, reason = $3, updated_at = now() WHERE id = $1';

const postpone = `UPDATE mails SET due_at = now() + ${seconds('$2')}, called_at = NULL, reason = $3,
  updated_at = now() WHERE id = $1 AND state = 'due'`;

/** Mails that wait to be sent; `domain` is the right side of their Message-IDs. */
export function createMails(pool: Pool, domain: string): Mails {
  return {
    async claim(leaseSeconds) {
      const [row] = await pool.query<MailRow>(claim, [leaseSeconds]);
      return row && toDueMail(row, domain);
    },
    async sent(id) {
      await pool.query(end, [id, 'sent', null]);
    },
    async postpone(id, delayMs, reason) {
      await pool.query(postpone, [id, delayMs / 1_000, reason]);
    },
    async fail(id, reason) {
      await pool.query(end, [id, 'failed', reason]);
    },
  };
}

function toDueMail(row: MailRow, domain: string): DueMail {
  return {
    id: row.mailId,
    kind: row.kind,
    to: row.to,
    messageId: messageId(row.kind, row.jobId ?? row.mailId, row.mailRound, domain),
    attempt: row.mailAttempt,
    job: row.isOfNow ? toJob(row) : undefined,
    requestId: row.mailRequestId ?? undefined,
  };
}
