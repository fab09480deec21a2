import { AsyncLocalStorage } from 'node:async_hooks';
import pino from 'pino';

const requests = new AsyncLocalStorage<string>();

/** Runs `work` so that every line logged within carries this request id. */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return requests.run(requestId, work);
}

/** The id of the request that is being served here, if any. */
export function currentRequestId(): string | undefined {
  return requests.getStore();
}

// The connector sends the gateway's own credentials to every function (openfaas.md §7.1).
const secret = ['authorization', 'cookie', 'password', 'token', 'refresh_token', 'access_token'];

/** How every line looks: time, level, request id, message and fields; credentials are masked. */
export const logOptions: pino.LoggerOptions = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  mixin: () => {
    const requestId = requests.getStore();
    return requestId === undefined ? {} : { requestId };
  },
  redact: { paths: secret.flatMap((name) => [name, `*.${name}`]), censor: '[masked]' },
};

/** JSON lines on stdout. */
export const log = pino(logOptions);
