import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readImageEnv } from '../../emulator/provider/image-env.ts';
import { TEMPLATE } from '../context-folder.ts';
import type { Item } from '../item.ts';
import { STRAY_VARIABLE } from '../own-emulator.ts';

const SENT = { plain: 'value', spaced: 'a b', quoted: `"'$PATH`, exec_timeout: '1' };
/** What a process finds besides, wherever it runs: system, base image, cluster, emulator. */
const AMBIENT =
  /^(?:PATH|HOME|HOSTNAME|NODE_VERSION|YARN_VERSION|PWD|OPENFAAS_SECRETS_DIR|port|upstream_url)$/u;
const OF_A_CLUSTER = /^KUBERNETES_|_SERVICE_(?:HOST|PORT)|_PORT(?:_\d+_|$)/u;

export const environment: Item = {
  title: "A function stands behind its watchdog with the variables sent, fprocess and the image's",
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-16', { envVars: SENT });
    const env = await probe.env();
    for (const [name, value] of Object.entries(SENT)) findings.equal(name, env[name], value);
    findings.equal('fprocess is envProcess', env['fprocess'], 'node index.js');
    const ofImage = readImageEnv(readFileSync(join(TEMPLATE, 'Dockerfile'), 'utf8'));
    const isKnown = (name: string) =>
      name in SENT || name in ofImage || AMBIENT.test(name) || OF_A_CLUSTER.test(name);
    const others = Object.keys(env).filter((name) => !isKnown(name));
    findings.equal('nothing else is there', others, []);
    findings.equal("nothing of the provider's own", env[STRAY_VARIABLE], undefined);
    const { status, headers } = await probe.call('/slow?key=late&ms=5000');
    const seen = [status, headers['x-openfaas-internal']];
    findings.equal('exec_timeout 1 is a second', seen, [504, 'of-watchdog']);

    const other = await site.deploy('conformance-16-other');
    findings.equal('another has nothing of it', (await other.env())['plain'], undefined);
    const ports = [env['port'], (await other.env())['port']];
    const rule = 'each has a port of its own';
    if (ports.includes(undefined)) findings.unseen(rule, 'containers need none');
    else findings.holds(rule, new Set(ports).size === 2, ports);
  },
};
