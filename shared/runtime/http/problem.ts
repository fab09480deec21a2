import { STATUS_CODES } from 'node:http';
import type { Problem } from '#shared/contracts/problem';
import { type AppError, httpStatus, remedy } from '#shared/core/errors';
import type { Answer } from './answer.ts';
import { json } from './answer.ts';

/** For an error that time may heal and that does not say how much of it. */
const usualRetrySeconds = 10;

/** An error as its answer: `application/problem+json` (RFC 9457), never a stack. */
export function problemAnswer(error: AppError, requestId: string): Answer {
  const status: number = httpStatus[error.code];
  const heals = status === 429 || status === 503;
  const retrySeconds = error.retryAfterSeconds ?? (heals ? usualRetrySeconds : undefined);
  const problem: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    remedy: remedy[error.code],
    code: error.code,
    requestId,
    ...(error.problems.length > 0 && { errors: [...error.problems] }),
  };
  return json(status, problem, {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...error.headers,
    'content-type': 'application/problem+json',
    ...(retrySeconds !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retrySeconds))),
    }),
  });
}
