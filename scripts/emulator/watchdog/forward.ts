import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { setHead } from '../http/head.ts';
import { endToEndHeaders, frameBody, hasBody, type HeaderLists } from '../http/headers.ts';
import { relay } from '../http/relay.ts';
import { answer, isProbe, startClock, type Call } from './call.ts';
import type { Upstream } from './upstream.ts';
import { goDuration, requestLine, stamped } from './log-format.ts';
import { requestTimeoutMs } from './request-timeout.ts';
import type { WatchdogSettings } from './settings.ts';

/** One request to the process, under exec_timeout: 504 when it is over, 500 when nobody answers. */
export async function forward(
  call: Call,
  { port, prefix, agent }: Upstream,
  settings: WatchdogSettings,
  log: (line: string) => void,
): Promise<void> {
  const { req, res, target } = call;
  const seconds = startClock();
  const body = settings.isRequestBuffered ? await bufferedBody(req, res) : undefined;
  const fail = (status: number): void => {
    const headers = { 'X-OpenFaaS-Internal': 'of-watchdog' };
    answer(res, status, { ...headers, 'X-Duration-Seconds': seconds().toFixed(6) });
  };
  relay({
    ...{ req, res, body },
    upstream: { port, path: prefix + target, headers: requestHeaders(req), agent },
    deadlineMs: requestTimeoutMs(req.headersDistinct['x-timeout']?.[0], settings.execTimeoutMs),
    writeHead: (upstream) => {
      const headers = {
        ...endToEndHeaders(upstream),
        'x-duration-seconds': [seconds().toFixed(6)],
      };
      setHead(res, upstream.statusCode ?? 500, headers);
      res.flushHeaders();
      const line = lineOf(call, upstream, seconds(), settings);
      if (!isProbe(req)) res.once('close', () => log(stamped(line)));
      return { body: upstream, outlet: res };
    },
    answerTimeout: () => {
      const limit = goDuration(settings.execTimeoutMs ?? 0);
      log(stamped(`Upstream HTTP killed due to exec_timeout: ${limit}`));
      fail(504);
    },
    answerUnreachable: (error) => {
      log(stamped(`Upstream HTTP request error: ${error.message}`));
      fail(500);
    },
  });
}

/** The Host is the caller's, as the original passes it on. */
export function requestHeaders(req: IncomingMessage): HeaderLists {
  const { host = [''] } = req.headersDistinct;
  return { ...frameBody(endToEndHeaders(req), req), host };
}

/** http_buffer_req_body reads all of it, and then still sends it in chunks. */
async function bufferedBody(
  req: IncomingMessage,
  res: ServerResponse,
): Promise<Readable | undefined> {
  if (!hasBody(req)) return undefined;
  if (req.headers.expect !== undefined) res.writeContinue();
  const whole = await buffer(req).catch(() => Buffer.of());
  return Readable.from([whole]);
}

function lineOf(
  { req, target }: Call,
  { statusCode = 500, headers }: IncomingMessage,
  seconds: number,
  { isCallIdLogged }: WatchdogSettings,
): string {
  const line = requestLine({
    method: req.method,
    url: target,
    status: `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    contentLength: Number(headers['content-length'] ?? -1),
    seconds,
  });
  const callId = req.headersDistinct['x-call-id']?.[0] ?? 'none';
  return isCallIdLogged ? `${line} [${callId}]` : line;
}
