const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a text can be the id of a job: a UUID in lower case, as they are made. What is none
 * names no job, and is answered like the id of a job that is not there (security.md 31).
 */
export function isJobId(text: string): boolean {
  return uuid.test(text);
}
