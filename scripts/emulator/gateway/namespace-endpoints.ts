import { stringMapOf, type JsonObject } from '../json.ts';
import { NAMESPACE } from '../provider/deployment.ts';
import { ProviderError } from '../provider/provider-error.ts';
import type { ProviderRules } from '../provider/rules.ts';
import { sendJson, sendText } from './respond.ts';
import { readJson, type Endpoint, type Routes, type SystemCall } from './system-api.ts';

/** There is one namespace; only faasd lets it be described and relabelled. */
export function namespaceRoutes(rules: ProviderRules): Routes {
  return {
    '/system/namespaces': { GET: ({ res }) => sendJson(res, 200, [NAMESPACE]) },
    '/system/namespace/': rules.knowsNamespaces ? oneNamespace(rules) : { GET: notImplemented },
  };
}

const notImplemented: Endpoint = ({ res }) =>
  sendText(res, 501, 'This edition of OpenFaaS has no namespaces');

function oneNamespace({ accepted }: ProviderRules): Readonly<Record<string, Endpoint>> {
  let told: JsonObject = {};
  return {
    GET: (call) => {
      requireKnown(call);
      sendJson(call.res, 200, { name: NAMESPACE, ...told });
    },
    POST: ({ name }) => {
      const why = name === NAMESPACE ? 'exists' : 'would be the second: there may be one';
      throw new ProviderError(400, `namespace ${name} ${why}`);
    },
    PUT: async (call) => {
      requireKnown(call);
      const { labels, annotations } = await readJson(call.req);
      told = { labels: stringMapOf(labels), annotations: stringMapOf(annotations) };
      sendText(call.res, accepted);
    },
    DELETE: (call) => {
      requireKnown(call);
      throw new ProviderError(400, `namespace ${NAMESPACE} is where functions run`);
    },
  };
}

function requireKnown({ name }: SystemCall): void {
  if (name !== NAMESPACE) throw new ProviderError(404, `no namespace ${name}`);
}
