// `Error.isError` sees errors of another realm too, as jest has one for each test file.
/// <reference lib="esnext.error" />

/** What was thrown, in words. */
export function messageOf(error: unknown): string {
  return Error.isError(error) ? error.message : String(error);
}

/** The words of what lies behind it: `fetch` itself only says that it failed. */
export function causeMessageOf(error: unknown): string {
  return messageOf(Error.isError(error) ? (error.cause ?? error) : error);
}

/** Whether this is the system's error with that code, for example EEXIST. */
export function hasCode(error: unknown, code: string): boolean {
  return Error.isError(error) && 'code' in error && error.code === code;
}

/** Waits for all, whatever fails meanwhile; then throws one error that tells every failure. */
export async function allOrEveryReason(works: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const reasons = results
    .filter((result) => result.status === 'rejected')
    .map((result): unknown => result.reason);
  if (reasons.length === 0) return;
  throw new AggregateError(reasons, reasons.map(messageOf).join('\n\n'));
}
