import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the user and the password of the gateway's admin stand. */
export interface CredentialFiles {
  readonly gatewayUserFile: string;
  readonly gatewayPasswordFile: string;
}

/** Those of the stack whose state is in `root`. */
export function credentialFiles(root: string): CredentialFiles {
  return {
    gatewayUserFile: join(root, 'secrets', 'gateway-user'),
    gatewayPasswordFile: join(root, 'secrets', 'gateway-password'),
  };
}

/** What they say. Throws where there is no such stack. */
export function readCredentials(root: string): { user: string; password: string } {
  const { gatewayUserFile, gatewayPasswordFile } = credentialFiles(root);
  const read = (file: string) => readFileSync(file, 'utf8').trim();
  return { user: read(gatewayUserFile), password: read(gatewayPasswordFile) };
}
