import * as v from 'valibot';
import { Problem } from '#shared/contracts/problem';

/** What the service refused, in its own words. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** fetch that rejects with {@link ServiceError} for every answer that is not 2xx. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init);
  if (response.ok) return response;
  const body = await response.text();
  const problem = v.safeParse(Problem, parse(body));
  throw problem.success
    ? new ServiceError(
        problem.output.code,
        response.status,
        `${problem.output.detail} ${problem.output.remedy}`,
      )
    : new ServiceError('gateway', response.status, body.trim() || response.statusText);
}

/**
 * The JSON answer of a request, checked against its contract. An answer that is no JSON comes from
 * whoever stands in between, and is refused like their other words: `gateway`.
 */
export async function requestJson<T>(
  schema: v.GenericSchema<unknown, T>,
  url: string,
  init?: RequestInit,
): Promise<T> {
  const response = await request(url, init);
  const body = await response.text();
  const value = parse(body);
  if (value === undefined) {
    throw new ServiceError('gateway', response.status, `This is no JSON: "${body.slice(0, 200)}"`);
  }
  return v.parse(schema, value);
}

/** POST of a JSON document. */
export function post(value: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
