import type { Item } from '../item.ts';

const GUARDED = [
  'GET /system/functions',
  'POST /system/functions',
  'PUT /system/functions',
  'DELETE /system/functions',
  'GET /system/function/conformance-03',
  'POST /system/scale-function/conformance-03',
  'GET /system/info',
  'GET /system/namespaces',
  'GET /system/secrets',
  'POST /system/secrets',
  'PUT /system/secrets',
  'DELETE /system/secrets',
  'GET /system/logs?name=conformance-03',
  'POST /system/alert',
  'GET /ui/',
];
const OPEN = [
  'GET /healthz',
  'GET /function/conformance-03',
  'POST /async-function/conformance-03',
];
const wrong = { authorization: `Basic ${Buffer.from('admin:wrong').toString('base64')}` };

export const credentials: Item = {
  title: 'Only /system/ and /ui/ ask for credentials, by 401 and the Basic realm',
  check: async ({ site, findings }) => {
    for (const call of GUARDED) {
      const [method = '', path = ''] = call.split(' ');
      for (const [how, headers] of [['without', {}] as const, ['with wrong', wrong] as const]) {
        const answer = await site.call(path, { method, headers });
        const seen = [answer.status, answer.headers['www-authenticate']];
        findings.equal(`${call} ${how} credentials`, seen, [401, 'Basic realm="Restricted"']);
      }
    }
    for (const call of OPEN) {
      const [method = '', path = ''] = call.split(' ');
      const { status, headers } = await site.call(path, { method });
      const isOpen = status !== 401 && headers['www-authenticate'] === undefined;
      findings.holds(`${call} never asks`, isOpen, status);
    }
    const { text } = await site.call('/system/functions');
    findings.equal('the text of a refusal', text.trim(), 'invalid credentials');
    const { status } = await site.system('GET', 'functions');
    findings.equal('the right credentials open /system/', status, 200);
  },
};
