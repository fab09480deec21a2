import type { MailKind } from '#shared/core/ports';

/**
 * The Message-ID (RFC 5322) of a mail about a job, or about the account where `subjectId` is the
 * mail's own id. It is the same at every attempt, so that mailboxes show a second copy as the one
 * mail it is; each round of a job has its own, and that of the first is not numbered.
 */
export function messageId(
  kind: MailKind,
  subjectId: string,
  round: number,
  domain: string,
): string {
  return `<${kind}.${subjectId}${round === 1 ? '' : `.${round}`}@${domain}>`;
}
