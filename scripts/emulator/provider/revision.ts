import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { unpackImage, type Image } from './code.ts';
import type { Deployment } from './deployment.ts';
import type { SecretStore } from './secret-store.ts';

/** One deployment of a function, laid out to run: code unpacked, secrets linked, environment. */
export interface Revision {
  /** Unique among the revisions of an emulator. */
  readonly id: number;
  readonly deployment: Deployment;
  /** Where its processes work. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => void;
}

export interface RevisionPlace {
  readonly id: number;
  /** A folder of its own: an older revision may still run in another. */
  readonly home: string;
  readonly secrets: SecretStore;
}

export function layOut(deployment: Deployment, image: Image, place: RevisionPlace): Revision {
  const { id, home } = place;
  const directory = join(home, 'home');
  const secrets = join(home, 'secrets');
  unpackImage(image, home, directory);
  place.secrets.linkInto(secrets, deployment.secrets);
  const env = environmentOf(deployment, image, secrets);
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  return { id, deployment, directory, env, remove };
}

/** What the image sets, then what was deployed; where secrets lie is ours to say. */
function environmentOf(deployment: Deployment, image: Image, secrets: string) {
  const command = deployment.envProcess === '' ? {} : { fprocess: deployment.envProcess };
  return { ...image.env, ...deployment.envVars, ...command, OPENFAAS_SECRETS_DIR: secrets };
}
