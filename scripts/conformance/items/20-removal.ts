import type { Item } from '../item.ts';
import { unknownAnswerOf } from '../unknown-function.ts';
import { isSoWithin } from '../until.ts';

export const removal: Item = {
  title: 'Removing an unknown function is 404, and a removed one is unknown',
  check: async ({ site, findings }) => {
    const remove = async (functionName: string) => {
      return (await site.system('DELETE', 'functions', { functionName })).status;
    };
    findings.equal('of an unknown one', await remove('conformance-20-nobody'), 404);
    const { name } = await site.deploy('conformance-20');
    findings.equal('of a known one', await remove(name), site.accepted);
    const answer = async () => unknownAnswerOf(await site.call(`/function/${name}`), name);
    await isSoWithin(20_000, async () => (await answer()) !== 'neither');
    findings.holds('calls are then 404 or 503', (await answer()) !== 'neither', await answer());
    findings.equal('describe is 404', await site.describe(name), undefined);
  },
};
