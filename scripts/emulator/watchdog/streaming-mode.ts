/**
 * Mode streaming: one process per request, its stdin the request's body, its stdout the response's.
 * The status is 200 whatever becomes of the process; exec_timeout kills it, which looks like an
 * end.
 */
import { isProbe, startClock, type Call, type Runner } from './call.ts';
import { createForkMode, type Fork } from './forks.ts';
import { requestLine, stamped } from './log-format.ts';
import type { Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';

export function createStreamingMode(settings: WatchdogSettings, place: Place): Runner {
  const { contentType, execTimeoutMs } = settings;
  return createForkMode(settings, place, async ({ req, res, target }, fork) => {
    const seconds = startClock();
    let contentLength = 0;
    res.setHeader('Content-Type', contentType);
    const failure = await run({ req, res, target }, fork, {
      execTimeoutMs,
      onBytes: (count) => (contentLength += count),
    });
    res.end();
    if (failure !== undefined) place.log(stamped(failure));
    if (isProbe(req)) return;
    const status = failure === undefined ? '200' : '500';
    const served = { method: req.method, url: target, status, contentLength };
    place.log(stamped(requestLine({ ...served, seconds: seconds() })));
  });
}

interface RunOptions {
  readonly execTimeoutMs: number | undefined;
  readonly onBytes: (count: number) => void;
}

/** Resolves with what went wrong. */
async function run(
  call: Call,
  fork: () => Fork,
  { execTimeoutMs, onBytes }: RunOptions,
): Promise<string | undefined> {
  try {
    const { stdin, stdout, ended, kill } = fork();
    stdout.on('data', (chunk: Buffer) => onBytes(chunk.length));
    connect(call, stdin, stdout);
    const timer = execTimeoutMs === undefined ? undefined : setTimeout(kill, execTimeoutMs);
    return await ended.finally(() => clearTimeout(timer));
  } catch (error) {
    return String(error);
  }
}

/** A client that leaves is told to the process by its pipes only: it is not killed. */
function connect({ req, res }: Call, stdin: Fork['stdin'], stdout: Fork['stdout']): void {
  // A process need not read what it is sent.
  stdin.on('error', () => req.unpipe(stdin).resume());
  req.pipe(stdin);
  stdout.pipe(res, { end: false });
  res.once('close', () => {
    stdin.destroy();
    stdout.destroy();
  });
}
