import type { Item } from '../item.ts';

const FAILURES = [400, 404, 500, 503];

export const invoke: Item = {
  title: "A call gives the function's own status and body, and it the caller's credentials",
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-06');
    // As `faas-cli invoke` calls: with the namespace, no credentials.
    const path = `/function/${probe.name}.openfaas-fn`;
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' } };
    const { status, text } = await site.call(`${path}/echo`, { ...plain, body: 'héllo' });
    findings.equal('the body comes back', [status, text], [200, 'héllo']);
    for (const code of FAILURES) {
      const answer = await site.call(`${path}/status?code=${code}`, plain);
      const seen = [answer.status, answer.text];
      findings.equal(`${code} of the function arrives`, seen, [code, 'of the probe\n']);
    }
    const sent = { authorization: 'Bearer of-the-caller', cookie: 'a=1; b="2"' };
    const { headers } = await probe.info('/info', { headers: sent });
    const { authorization, cookie } = headers;
    findings.equal('Authorization and Cookie pass unchanged', { authorization, cookie }, sent);
  },
};
