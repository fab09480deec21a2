import { NAMESPACE, requireNamespace } from '../provider/deployment.ts';
import type { FunctionService } from '../provider/function-service.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { Provider } from '../provider/provider.ts';
import type { Metrics } from './metrics.ts';
import { sendJson, sendText } from './respond.ts';
import { readJson, type Endpoint, type Routes, type SystemCall } from './system-api.ts';

const MIN_REPLICAS = 1;
const MAX_REPLICAS = 5;

/** Deploy, update, remove, list, describe and scale. */
export function functionRoutes(provider: Provider, metrics: Metrics): Routes {
  const accepting =
    (change: (call: SystemCall) => Promise<void>): Endpoint =>
    async (call) => {
      await change(call);
      sendText(call.res, 202);
    };
  return {
    '/system/functions': {
      GET: ({ res, query }) => {
        requireNamespace(query.get('namespace') ?? undefined);
        sendJson(
          res,
          200,
          provider.list().map((service) => statusOf(service, metrics)),
        );
      },
      POST: accepting(async ({ req }) => provider.create(await readJson(req))),
      PUT: accepting(async ({ req }) => provider.update(await readJson(req))),
      DELETE: accepting(async ({ req }) => provider.delete(await readJson(req))),
    },
    '/system/function/': {
      GET: ({ res, name, query }) => {
        requireNamespace(query.get('namespace') ?? undefined);
        const service = provider.find(name);
        if (service === undefined) throw new ProviderError(404, `no function ${name}`);
        sendJson(res, 200, statusOf(service, metrics));
      },
    },
    '/system/scale-function/': {
      POST: accepting(async ({ req, name }) => {
        const wanted = Number((await readJson(req))['replicas']);
        await provider.scale(name, Math.min(Math.max(wanted, MIN_REPLICAS), MAX_REPLICAS));
      }),
    },
  };
}

function statusOf(service: FunctionService, metrics: Metrics) {
  const { service: name, ...deployed } = service.deployment;
  return {
    name,
    ...deployed,
    namespace: NAMESPACE,
    invocationCount: metrics.invocations(`${name}.${NAMESPACE}`),
    replicas: service.replicas.length,
    availableReplicas: service.replicas.filter((replica) => replica.isAvailable).length,
    createdAt: service.createdAt,
  };
}
