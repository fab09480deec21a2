import type { Item } from '../item.ts';

export const deployTwice: Item = {
  title: 'Deploying twice is PUT 404, POST, then PUT, with no other success than 200 and 202',
  check: async ({ site, findings }) => {
    const deployment = site.prepare('conformance-01');
    const send = async (method: string) => {
      return (await site.system(method, 'functions', deployment)).status;
    };
    findings.equal('the first PUT finds nothing', await send('PUT'), 404);
    site.removeLater('conformance-01');
    findings.equal('POST creates', await send('POST'), site.accepted);
    findings.equal('the second PUT updates', await send('PUT'), site.accepted);
  },
};
