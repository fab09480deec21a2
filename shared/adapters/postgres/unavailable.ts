import { DatabaseError } from 'pg';
import { AppError, sentence } from '#shared/core/errors';

/**
 * SQLSTATE classes and codes that speak of the server, not of the statement (PostgreSQL manual,
 * appendix A): connection, resources, operator intervention, serialization, deadlock, lock.
 */
const ofTheServer = /^(08|53|57|58)|^(40001|40P01|55P03|25P03|25006)$/;
const RETRY_AFTER_SECONDS = 2;

/** Whether the connection itself is of no more use after this error. */
export function isConnectionLost(error: unknown): boolean {
  return (
    Error.isError(error) &&
    !(error instanceof DatabaseError) &&
    !(error instanceof AppError) &&
    error.name !== 'TypeError'
  );
}

/** `unavailable` with Retry-After for every error that time may heal; any other error as it is. */
export function toUnavailable(error: unknown): unknown {
  const passes =
    error instanceof DatabaseError ? ofTheServer.test(error.code ?? '') : isConnectionLost(error);
  if (!passes) return error;
  return new AppError('unavailable', sentence.unavailable, {
    cause: error,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
