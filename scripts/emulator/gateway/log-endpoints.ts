import { NAMESPACE } from '../provider/deployment.ts';
import type { LogLine, LogStore } from '../provider/log-store.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { Provider } from '../provider/provider.ts';
import type { Endpoint, Routes } from './system-api.ts';

/** One JSON object per line, flushed per line; `follow=true` stays until the client leaves. */
export function logRoutes(provider: Provider, logs: LogStore): Routes {
  const GET: Endpoint = ({ res, query }) => {
    const name = query.get('name') ?? '';
    if (provider.find(name) === undefined) throw new ProviderError(501, `no function ${name}`);
    const since = Date.parse(query.get('since') ?? '1970-01-01');
    if (Number.isNaN(since)) throw new ProviderError(422, 'since is not a time');
    const send = ({ timestamp, text }: LogLine): void => {
      const line = { name, namespace: NAMESPACE, instance: name, timestamp, text };
      if (Date.parse(timestamp) >= since) res.write(`${JSON.stringify(line)}\n`);
    };
    res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    res.flushHeaders();
    logs.tail(name, tailLength(query.get('tail'))).forEach(send);
    if (query.get('follow') === 'true') res.once('close', logs.follow(name, send));
    else res.end();
  };
  return { '/system/logs': { GET } };
}

/** Zero and less, the CLI's default, mean all there is. */
function tailLength(text: string | null): number {
  const length = Number(text ?? 0);
  return length > 0 ? length : Infinity;
}
