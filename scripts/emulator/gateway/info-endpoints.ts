import type { ProviderRules } from '../provider/rules.ts';
import { sendJson } from './respond.ts';
import type { Routes } from './system-api.ts';

const VERSION = { sha: 'emulator', release: '0.1.0' };
/** As Go names them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** What `faas-cli version` reads; it takes none of the three objects for optional. */
export function infoRoutes({ provider, orchestration }: ProviderRules): Routes {
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  return {
    '/system/info': {
      GET: ({ res }) => {
        const backend = { provider, orchestration, version: VERSION };
        sendJson(res, 200, { provider: backend, version: VERSION, arch });
      },
    },
  };
}
