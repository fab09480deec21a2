import { isJsonObject, stringMapOf, stringOf, type JsonObject } from '../json.ts';
import { NAMESPACE, requireNamespace } from '../provider/deployment.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { Provider } from '../provider/provider.ts';
import { sendText } from './respond.ts';
import { clampReplicas, replicasAfterAlert, scaleRangeOf } from './scaling.ts';
import { readJson, type Endpoint, type Routes } from './system-api.ts';

/** By hand, and by Prometheus' alert manager. */
export function scaleRoutes(provider: Provider): Routes {
  const scale: Endpoint = async ({ req, res, name, query }) => {
    const body = await readJson(req);
    requireNamespace(query.get('namespace') ?? stringOf(body['namespace']));
    await provider.scale(name, clampReplicas(Number(body['replicas'] ?? 0)));
    sendText(res, provider.rules.accepted);
  };
  const alert: Endpoint = async ({ req, res }) => {
    for (const one of alertsOf(await readJson(req))) await obey(provider, one);
    sendText(res, 200);
  };
  return { '/system/scale-function/': { POST: scale }, '/system/alert': { POST: alert } };
}

interface Alert {
  readonly status: string;
  readonly functionName: string;
}

async function obey(provider: Provider, { status, functionName }: Alert): Promise<void> {
  const service = provider.find(functionName);
  if (service === undefined) throw new ProviderError(500, `no function ${functionName}`);
  const range = scaleRangeOf(service.deployment.labels);
  const replicas = replicasAfterAlert(status, service.wanted, range);
  if (replicas !== service.wanted) await provider.scale(functionName, replicas);
}

function alertsOf(body: JsonObject): Alert[] {
  const alerts: unknown = body['alerts'];
  if (!Array.isArray(alerts)) throw new ProviderError(400, 'alerts: is no list');
  return alerts.filter(isJsonObject).map((alert) => {
    const name = stringMapOf(alert['labels'])['function_name'] ?? '';
    // Metrics, and so alerts, call it by its full name.
    const functionName = name.replace(new RegExp(`\\.${NAMESPACE}$`, 'u'), '');
    return { status: stringOf(alert['status']) ?? '', functionName };
  });
}
