import { objectOf } from '../exchange.ts';
import type { Item } from '../item.ts';

const NAME = 'conformance-17-secret';
const VALUE = 'of the conformance suite';
const RAW = Buffer.from(`${VALUE}\n`).toString('base64');

export const secrets: Item = {
  title: 'Secrets are files, raw and untrimmed; a missing one refuses the deployment',
  check: async ({ site, findings }) => {
    const drop = site.later(async () => {
      await site.system('DELETE', 'secrets', { name: NAME });
    });
    const asked = { service: 'conformance-17', secrets: [NAME] };
    const refused = site.prepare(asked.service, asked);
    const remove = site.removeLater(asked.service);
    const { status } = await site.system('POST', 'functions', refused);
    findings.equal('a missing secret', status, 400);
    await remove();

    // Both, as `faas-cli secret create --from-file` sends them.
    await site.system('POST', 'secrets', { name: NAME, value: VALUE, rawValue: RAW });
    const probe = await site.deploy('conformance-17-reader', { secrets: [NAME] });
    const { path, base64 } = objectOf(await probe.call(`/secret?name=${NAME}`));
    findings.equal('the file has the raw value', base64, RAW);
    const file = new RegExp(`/${NAME}$`, 'u');
    findings.matches('and the name of the secret', path, file);

    const { text } = await site.system('GET', 'secrets');
    findings.holds('the list names it', text.includes(`"${NAME}"`), text);
    const isSilent = !text.includes(VALUE) && !text.includes(RAW);
    findings.holds('and gives no value', isSilent, text);
    await probe.remove();
    await drop();
  },
};
