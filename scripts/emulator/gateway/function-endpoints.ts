import { NAMESPACE, requireNamespace } from '../provider/deployment.ts';
import type { FunctionService } from '../provider/function-service.ts';
import { statusOf } from '../provider/function-status.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { Provider } from '../provider/provider.ts';
import { UsageMeter } from '../provider/usage-meter.ts';
import type { JsonObject } from '../json.ts';
import type { Metrics } from './metrics.ts';
import { sendJson, sendText } from './respond.ts';
import { readJson, type Endpoint, type Routes } from './system-api.ts';

/** Deploy, update, remove, list and describe. */
export function functionRoutes(provider: Provider, metrics: Metrics): Routes {
  const { mode, accepted } = provider.rules;
  const meter = new UsageMeter();
  const accepting =
    (change: (body: JsonObject) => Promise<void>): Endpoint =>
    async ({ req, res }) => {
      await change(await readJson(req));
      sendText(res, accepted);
    };
  const listed = (service: FunctionService): JsonObject => {
    const { availableReplicas, ...status } = statusOf(service, mode);
    const invocationCount = metrics.invocations(`${service.name}.${NAMESPACE}`);
    return {
      ...status,
      ...(mode === 'kubernetes' && { availableReplicas }),
      ...(invocationCount > 0 && { invocationCount }),
    };
  };
  return {
    '/system/functions': {
      GET: ({ res, query }) => {
        requireNamespace(query.get('namespace') ?? undefined);
        sendJson(res, 200, provider.list().map(listed));
      },
      POST: accepting((body) => provider.create(body)),
      PUT: accepting((body) => provider.update(body)),
      DELETE: accepting((body) => provider.delete(body)),
    },
    '/system/function/': {
      GET: ({ res, name, query }) => {
        requireNamespace(query.get('namespace') ?? undefined);
        const service = provider.find(name);
        if (service === undefined) throw new ProviderError(404, `no function ${name}`);
        const usage = query.get('usage') === '1' ? meter.read(service) : undefined;
        sendJson(res, 200, { ...statusOf(service, mode), usage });
      },
    },
  };
}
