import { NAMESPACE } from '../provider/deployment.ts';
import type { LogLine, LogStore } from '../provider/log-store.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { Provider } from '../provider/provider.ts';
import { readLogQuery, type LogQuery } from './log-query.ts';
import type { Endpoint, Routes } from './system-api.ts';

/**
 * One JSON object per line, flushed per line; `follow=true` stays until the client leaves or the
 * gateway's write timeout cuts it.
 */
export function logRoutes(provider: Provider, logs: LogStore): Routes {
  const GET: Endpoint = ({ res, query }) => {
    const { logsReachBackMs } = provider.rules;
    const wanted = readLogQuery(query, logsReachBackMs);
    const { name, tail, isFollowing } = wanted;
    requireFunction(provider, wanted);
    const send = ({ instance, timestamp, text }: LogLine): void => {
      const line = { name, namespace: NAMESPACE, instance, timestamp, text };
      res.write(`${JSON.stringify(line)}\n`);
    };
    res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    res.flushHeaders();
    logs.tail(name).filter(wanted.includes).slice(-tail).forEach(send);
    if (!isFollowing) {
      res.end();
      return;
    }
    const follower = (line: LogLine): void => {
      if (wanted.includes(line)) send(line);
    };
    res.once('close', logs.follow(name, follower));
  };
  return { '/system/logs': { GET } };
}

/** The gateway turns its provider's 404 into 501. */
function requireFunction(provider: Provider, { name, namespace }: LogQuery): void {
  const isKnown = provider.find(name) !== undefined && ['', NAMESPACE].includes(namespace);
  if (!isKnown) throw new ProviderError(501, `no function ${name}`);
}
