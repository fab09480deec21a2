import { Readable } from 'node:stream';

import type { Findings } from '../findings.ts';
import type { Item } from '../item.ts';
import type { Probe } from '../probe.ts';

/** Sent with values that nobody on the way would make up. */
const HOP_BY_HOP = {
  connection: 'keep-alive, x-of-conformance',
  'proxy-connection': 'of-conformance',
  'keep-alive': 'timeout=77',
  'proxy-authenticate': 'of-conformance',
  'proxy-authorization': 'Basic of-conformance',
  te: 'trailers',
  trailer: 'x-of-conformance',
  upgrade: 'of-conformance',
};
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u;

export const headers: Item = {
  title: 'Calls and answers carry the marks of the gateway, and no hop-by-hop header',
  check: async ({ site, findings }) => {
    const probe = await site.deploy('conformance-08');
    await checkMarks(findings, probe, new URL(site.installation.gatewayUrl).host);
    await checkKept(findings, probe);
    // Chunked: trailers need it.
    const body = Readable.from([Buffer.from('x')]);
    const call = { method: 'POST', headers: HOP_BY_HOP, body };
    const arrived = (await probe.info('/info', call)).headers;
    for (const [name, sent] of Object.entries(HOP_BY_HOP)) {
      findings.holds(`${name} is gone`, arrived[name] !== sent, arrived[name]);
    }
  },
};

async function checkMarks(findings: Findings, probe: Probe, host: string): Promise<void> {
  const seen = (await probe.info()).headers;
  findings.matches('X-Call-Id is a UUID', seen['x-call-id'], UUID);
  findings.matches('X-Start-Time is in nanoseconds', seen['x-start-time'], /^\d{19}$/u);
  findings.equal('X-Forwarded-Host is the host asked for', seen['x-forwarded-host'], host);
  findings.matches('X-Forwarded-For is ip:port', seen['x-forwarded-for'], /^[\d.:[\]a-f]+:\d+$/u);
  const first = (await probe.call('/info')).headers;
  const second = (await probe.call('/info')).headers;
  findings.matches('an answer has X-Call-Id', first['x-call-id'], UUID);
  const isNew = first['x-call-id'] !== second['x-call-id'];
  findings.holds('of its own', isNew, second['x-call-id']);
  findings.matches('an answer has X-Start-Time', first['x-start-time'], /^\d{19}$/u);
  const seconds = first['x-duration-seconds'];
  findings.matches('an answer has X-Duration-Seconds', seconds, /^\d+\.\d+$/u);
}

async function checkKept(findings: Findings, probe: Probe): Promise<void> {
  const own = {
    'x-call-id': 'of-the-caller',
    'x-forwarded-host': 'caller.example',
    'x-forwarded-for': '192.0.2.7',
    'user-agent': 'conformance',
  };
  const seen = (await probe.info('/info', { headers: own })).headers;
  for (const [name, value] of Object.entries(own)) {
    findings.equal(`${name} of the caller is kept`, seen[name], value);
  }
  const answer = await probe.call('/info', { headers: own });
  findings.equal("a caller's X-Call-Id is not sent back", answer.headers['x-call-id'], undefined);
}
