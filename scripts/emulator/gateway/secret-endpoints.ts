import { NAMESPACE } from '../provider/deployment.ts';
import type { SecretStore } from '../provider/secret-store.ts';
import type { JsonObject } from '../json.ts';
import { sendJson, sendText } from './respond.ts';
import { readJson, type Endpoint, type Routes } from './system-api.ts';

/** Names go out, values never do. */
export function secretRoutes(secrets: SecretStore): Routes {
  const accepting =
    (change: (body: JsonObject) => void): Endpoint =>
    async ({ req, res }) => {
      change(await readJson(req));
      sendText(res, 202);
    };
  return {
    '/system/secrets': {
      GET: ({ res }) => {
        sendJson(
          res,
          200,
          secrets.list().map((name) => ({ name, namespace: NAMESPACE })),
        );
      },
      POST: accepting((body) => secrets.create(body)),
      PUT: accepting((body) => secrets.update(body)),
      DELETE: accepting((body) => secrets.delete(body)),
    },
  };
}
