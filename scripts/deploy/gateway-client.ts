import type { DeploymentRequest } from './stack-file.ts';

export interface GatewayAccess {
  readonly gatewayUrl: string;
  readonly user: string;
  readonly password: string;
}

export interface GatewayClient {
  /** PUT, and POST when the function is not there yet. */
  readonly deploy: (request: DeploymentRequest) => Promise<void>;
  /** Creates the secret or replaces its value. */
  readonly setSecret: (name: string, value: Buffer) => Promise<void>;
  /** So many processes or pods shall serve the function. */
  readonly scale: (name: string, replicas: number) => Promise<void>;
  readonly isReady: (name: string) => Promise<boolean>;
  /** The function's last lines; empty when they cannot be had. */
  readonly lastLogLines: (name: string, count: number) => Promise<string[]>;
}

/** Only 200 and 202 are success to faas-cli, so they are here. */
const SUCCESS = [200, 202];

export function createGatewayClient({ gatewayUrl, user, password }: GatewayAccess): GatewayClient {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const call = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${gatewayUrl}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    deploy: async (request) => {
      const updated = await call('PUT', '/system/functions', request);
      if (updated.status !== 404) return expectSuccess(updated, request.service);
      await expectSuccess(await call('POST', '/system/functions', request), request.service);
    },
    setSecret: async (name, value) => {
      const body = { name, value: value.toString().trim(), rawValue: value.toString('base64') };
      const created = await call('POST', '/system/secrets', body);
      if (created.status !== 409) return expectSuccess(created, `secret ${name}`);
      await expectSuccess(await call('PUT', '/system/secrets', body), `secret ${name}`);
    },
    scale: async (name, replicas) => {
      const body = { serviceName: name, replicas };
      await expectSuccess(await call('POST', `/system/scale-function/${name}`, body), name);
    },
    isReady: async (name) => {
      const described = await call('GET', `/system/function/${name}`);
      await expectSuccess(described, name);
      const status: unknown = await described.json();
      if (!hasReplica(status)) return false;
      return (await fetch(`${gatewayUrl}/function/${name}/_/ready`)).ok;
    },
    lastLogLines: async (name, count) => {
      const answer = await call('GET', `/system/logs?name=${name}&tail=${count}&follow=false`);
      return answer.ok ? (await answer.text()).trim().split('\n').map(textOfLine) : [];
    },
  };
}

async function expectSuccess(answer: Response, subject: string): Promise<void> {
  if (SUCCESS.includes(answer.status)) return;
  throw new Error(`${subject}: the gateway answered ${answer.status} ${await answer.text()}`);
}

function hasReplica(status: unknown): boolean {
  if (typeof status !== 'object' || status === null) return false;
  return 'availableReplicas' in status && Number(status.availableReplicas) > 0;
}

function textOfLine(line: string): string {
  const entry: unknown = JSON.parse(line);
  const hasText = typeof entry === 'object' && entry !== null && 'text' in entry;
  return hasText ? String(entry.text) : line;
}
