import { createServer, type Server, type ServerResponse } from 'node:http';

import { NAMESPACE } from '../provider/deployment.ts';
import type { Provider } from '../provider/provider.ts';
import { CONTENT_TYPE, renderFamilies, type Family } from './exposition.ts';
import type { Metrics } from './metrics.ts';
import { sendText } from './respond.ts';

/** The metrics have a port of their own, as with the real gateway. */
export function createMetricsServer(metrics: Metrics, provider: Provider): Server {
  return createServer((req, res) => {
    if (req.url !== '/metrics') sendText(res, 404);
    else sendMetrics(res, [...metrics.families(), serviceCount(provider)]);
  });
}

function serviceCount(provider: Provider): Family {
  return {
    name: 'gateway_service_count',
    help: 'Replicas of a function',
    type: 'gauge',
    samples: provider.list().map(({ name, wanted }) => ({
      labels: { function_name: `${name}.${NAMESPACE}` },
      value: wanted,
    })),
  };
}

function sendMetrics(res: ServerResponse, families: readonly Family[]): void {
  res.writeHead(200, { 'Content-Type': CONTENT_TYPE });
  res.end(renderFamilies(families));
}
