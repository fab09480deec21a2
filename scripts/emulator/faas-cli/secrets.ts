import { isJsonObject, stringOf } from '../json.ts';
import { CliError, expectAccepted, type Answer, type Gateway } from './gateway.ts';

/** `create --from-file` and `update --from-file` exit 0 whatever the gateway says. */
export async function writeSecret(
  gateway: Gateway,
  method: 'POST' | 'PUT',
  name: string,
  content: Buffer,
): Promise<string> {
  const value = content.toString().trim();
  const body = { name, value, rawValue: content.toString('base64') };
  const { status, text } = await gateway.call(method, '/system/secrets', body);
  if (status === 200 || status === 202) return method === 'POST' ? 'Created.' : 'Updated.';
  if (status === 404) return `unable to find secret: ${name}`;
  if (status === 409) return `secret with the name "${name}" already exists`;
  return `server returned unexpected status code: ${status} - ${text}`;
}

export async function listSecrets(gateway: Gateway): Promise<string> {
  const answer = await gateway.call('GET', '/system/secrets');
  expectAccepted(answer);
  return ['NAME', ...namesIn(answer)].join('\n');
}

/** Unlike the other two, an error here is one. */
export async function removeSecret(gateway: Gateway, name: string): Promise<string> {
  const answer = await gateway.call('DELETE', '/system/secrets', { name });
  if (answer.status === 404) throw new CliError(`unable to find secret: ${name}`);
  expectAccepted(answer);
  return 'Removed.. OK.';
}

function namesIn({ text }: Answer): string[] {
  const secrets: unknown = JSON.parse(text);
  if (!Array.isArray(secrets)) throw new CliError(`cannot parse result: ${text}`);
  return secrets.filter(isJsonObject).map((secret) => stringOf(secret['name']) ?? '');
}
