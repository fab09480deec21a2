import { NAMESPACE } from '../provider/deployment.ts';
import { sendJson } from './respond.ts';
import type { Routes } from './system-api.ts';

const VERSION = { sha: 'emulator', release: '0.1.0' };

/** What `faas-cli version` reads; it takes none of the three objects for optional. */
export function infoRoutes(): Routes {
  return {
    '/system/info': {
      GET: ({ res }) => {
        const provider = { provider: 'emulator', orchestration: 'processes', version: VERSION };
        sendJson(res, 200, { provider, version: VERSION, arch: process.arch });
      },
    },
    '/system/namespaces': { GET: ({ res }) => sendJson(res, 200, [NAMESPACE]) },
  };
}
