import { isJsonObject, stringListOf, stringMapOf, stringOf, type JsonObject } from '../json.ts';
import { ProviderError } from './provider-error.ts';

export const NAMESPACE = 'openfaas-fn';
/** What the community edition runs. */
export const MAX_FUNCTIONS = 15;

/** The body of POST and PUT /system/functions. */
export interface Deployment {
  readonly service: string;
  readonly image: string;
  readonly envProcess: string;
  readonly envVars: Record<string, string>;
  readonly constraints: string[];
  readonly secrets: string[];
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly limits: Record<string, string> | undefined;
  readonly requests: Record<string, string> | undefined;
  readonly readOnlyRootFilesystem: boolean;
}

const NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u;

/** Throws a ProviderError 400 that names the first rule the body breaks. */
export function parseDeployment(body: JsonObject): Deployment {
  const service = stringOf(body['service']) ?? '';
  const image = stringOf(body['image']) ?? '';
  if (!NAME.test(service) || service.length > 63) refuse(`service: "${service}" is not a name`);
  if (image === '') refuse('image: is required');
  const deployment = {
    service,
    image,
    envProcess: stringOf(body['envProcess']) ?? '',
    envVars: stringMapOf(body['envVars']),
    constraints: stringListOf(body['constraints']),
    secrets: stringListOf(body['secrets']),
    labels: stringMapOf(body['labels']),
    annotations: stringMapOf(body['annotations']),
    limits: resourcesOf(body['limits']),
    requests: resourcesOf(body['requests']),
    readOnlyRootFilesystem: body['readOnlyRootFilesystem'] === true,
  };
  requireNamespace(stringOf(body['namespace']));
  requireCommunityLimits(deployment);
  return deployment;
}

/** The community edition has one namespace. */
export function requireNamespace(namespace: string | undefined): void {
  if (namespace === undefined || namespace === '' || namespace === NAMESPACE) return;
  refuse(`namespace: only "${NAMESPACE}" is served, not "${namespace}"`);
}

function requireCommunityLimits({ labels, annotations }: Deployment): void {
  if (annotations['topic']?.includes(',')) refuse('annotation topic: one topic per function');
  const zero = Object.keys(labels).find((label) => label.startsWith('com.openfaas.scale.zero'));
  if (zero !== undefined && labels[zero] !== 'false') refuse(`label ${zero}: is Pro`);
}

function resourcesOf(value: unknown): Record<string, string> | undefined {
  return isJsonObject(value) ? stringMapOf(value) : undefined;
}

function refuse(message: string): never {
  throw new ProviderError(400, message);
}
