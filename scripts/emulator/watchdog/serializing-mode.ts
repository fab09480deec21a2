/**
 * Mode serializing: one process per request; the whole body is read before it starts, its whole
 * output before the answer. A failure is 500 with what Go says of it. Memory is the only bound, as
 * with the original.
 */
import type { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { answer, isProbe, startClock, type Call, type Runner } from './call.ts';
import { createForkMode, type Fork } from './forks.ts';
import { requestLine, stamped } from './log-format.ts';
import type { Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';

export function createSerializingMode(settings: WatchdogSettings, place: Place): Runner {
  return createForkMode(settings, place, async (call, fork) => {
    const { req, res, target } = call;
    const seconds = startClock();
    const { failure, output } = await run(call, fork, settings.execTimeoutMs);
    const body = failure === undefined ? output : Buffer.from(failure);
    answer(
      res,
      failure === undefined ? 200 : 500,
      { 'Content-Type': settings.contentType, 'X-Duration-Seconds': seconds().toFixed(6) },
      body,
    );
    if (!isProbe(req)) {
      // The original writes 200 here whatever it has answered.
      const served = { method: req.method, url: target, status: '200', contentLength: body.length };
      place.log(stamped(requestLine({ ...served, seconds: seconds() })));
    }
    if (failure !== undefined) place.log(stamped(failure));
  });
}

interface Run {
  readonly failure: string | undefined;
  readonly output: Buffer;
}

/** exec_timeout counts from the request's beginning, but does not end the reading of its body. */
async function run(
  { req }: Call,
  fork: () => Fork,
  execTimeoutMs: number | undefined,
): Promise<Run> {
  const over = new AbortController();
  const timer =
    execTimeoutMs === undefined ? undefined : setTimeout(() => over.abort(), execTimeoutMs);
  try {
    const input = await buffer(req);
    if (over.signal.aborted) throw new Error('context deadline exceeded');
    const { stdin, stdout, ended, kill } = fork();
    over.signal.addEventListener('abort', kill);
    const [unfed, output, failure] = await Promise.all([feed(stdin, input), buffer(stdout), ended]);
    return { failure: unfed ?? failure, output };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error), output: Buffer.of() };
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves with what Go says where the process ended before it took its input. */
function feed(stdin: Writable, input: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const broken = (): void => resolve('write |1: broken pipe');
    stdin.on('error', broken);
    if (input.length === 0) resolve(undefined);
    else stdin.write(input, (error) => (error ? broken() : resolve(undefined)));
    stdin.end();
  });
}
