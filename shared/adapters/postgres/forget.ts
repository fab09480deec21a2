import { keySeconds } from '#shared/adapters/postgres/idempotency-keys';
import { seconds } from '#shared/adapters/postgres/transition';
import type { Retention } from '#shared/core/retention';

/** A bell answers requests that are repeated, and those come soon. */
const BELL_SECONDS = 86_400;

/**
 * Statements that delete rows past their retention, `$1` at most; each answers a row for a row it
 * deleted. Jobs that their owner removed go as soon as their files are handed over.
 */
export function deletions({ rowSeconds, resultSeconds }: Retention): readonly string[] {
  return [
    oldest(
      'jobs',
      'id',
      `state = 'expired' AND (hidden OR ${before('expires_at', rowSeconds - resultSeconds)})`,
    ),
    oldest('mails', 'id', `state <> 'due' AND ${before('updated_at', rowSeconds)}`),
    oldest('outbox', 'id', before('rung_at', BELL_SECONDS)),
    oldest('sessions', 'family_id', before('expires_at', 0)),
    oldest('idempotency_keys', 'ctid', before('created_at', keySeconds)),
    oldest('rate_limits', 'key', `expire < extract(epoch FROM now()) * 1000`),
  ];
}

function before(column: string, age: number): string {
  return `${column} <= now() - ${seconds(age)}`;
}

function oldest(table: string, key: string, where: string): string {
  return `DELETE FROM ${table} WHERE ${key} = ANY(ARRAY(
    SELECT ${key} FROM ${table} WHERE ${where} LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING 1`;
}
