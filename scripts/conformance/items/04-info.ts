import { isJsonObject } from '../../emulator/json.ts';
import { objectOf } from '../exchange.ts';
import type { Item } from '../item.ts';

/** How long `faas-cli version` waits. */
const CLI_WAITS_MS = 5_000;

export const info: Item = {
  title: 'GET /system/info has what `faas-cli version` prints, and no null',
  check: async ({ site, findings }) => {
    const answer = await site.system('GET', 'info');
    findings.equal('it answers', answer.status, 200);
    findings.holds('within 5 s', answer.totalMs < CLI_WAITS_MS, `${answer.totalMs} ms`);
    const { provider, version, arch } = objectOf(answer);
    const ofProvider = isJsonObject(provider) ? provider : {};
    for (const name of ['provider', 'orchestration']) {
      findings.matches(`provider.${name}`, ofProvider[name], /./u);
    }
    findings.matches('arch', arch, /./u);
    for (const [name, value] of Object.entries({
      'provider.version': ofProvider['version'],
      version,
    })) {
      const { sha, release } = isJsonObject(value) ? value : {};
      findings.holds(`${name} has sha and release`, isText(sha) && isText(release), value);
    }
  },
};

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
