import { NAMESPACE, requireNamespace } from '../provider/deployment.ts';
import type { ProviderRules } from '../provider/rules.ts';
import type { SecretStore } from '../provider/secret-store.ts';
import type { JsonObject } from '../json.ts';
import { sendJson, sendText } from './respond.ts';
import { readJson, type Endpoint, type Routes } from './system-api.ts';

/** Names go out, values never do. */
export function secretRoutes(secrets: SecretStore, { accepted }: ProviderRules): Routes {
  const accepting =
    (change: (body: JsonObject) => void): Endpoint =>
    async ({ req, res }) => {
      change(await readJson(req));
      sendText(res, accepted);
    };
  return {
    '/system/secrets': {
      GET: ({ res, query }) => {
        requireNamespace(query.get('namespace') ?? undefined);
        const names = secrets.list();
        sendJson(
          res,
          200,
          names.map((name) => ({ name, namespace: NAMESPACE })),
        );
      },
      POST: accepting((body) => secrets.create(body)),
      PUT: accepting((body) => secrets.update(body)),
      DELETE: accepting((body) => secrets.delete(body)),
    },
  };
}
