import { objectOf } from '../exchange.ts';
import type { Item } from '../item.ts';

const NAME = 'conformance-18-secret';
const CALLS = ['PUT', 'POST', 'POST', 'PUT', 'DELETE'] as const;
const STATUSES = { kubernetes: [404, 202, 409, 202, 202], faasd: [200, 200, 200, 200, 200] };
/** Of a DELETE of what is not there. */
const ABSENT = { kubernetes: 404, faasd: 500 };

export const secretStatuses: Item = {
  title: 'A secret that exists is 409, or overwritten by faasd; deleting one is 202, or 200',
  check: async ({ site, findings }) => {
    const { mode } = site.installation;
    const send = async (method: string, value = 'x') => {
      return (await site.system(method, 'secrets', { name: NAME, value })).status;
    };
    site.later(async () => {
      await send('DELETE');
    });
    const statuses: number[] = [];
    for (const method of CALLS) statuses.push(await send(method));
    findings.equal(CALLS.join(', '), statuses, STATUSES[mode]);
    findings.equal('DELETE of an unknown one', await send('DELETE'), ABSENT[mode]);
    const { status } = await site.system('POST', 'secrets', { name: 'Not A Name', value: 'x' });
    findings.equal('a bad name', status, 400);

    await send('POST', 'first');
    await send('POST', 'second');
    const probe = await site.deploy('conformance-18', { secrets: [NAME] });
    const { base64 = '' } = objectOf(await probe.call(`/secret?name=${NAME}`));
    const seen = Buffer.from(String(base64), 'base64').toString();
    findings.equal('a second POST', seen, mode === 'faasd' ? 'second' : 'first');
  },
};
