import { isJsonObject, type JsonObject } from '../json.ts';
import type { Mode } from '../mode.ts';
import { NAMESPACE, type Deployment } from './deployment.ts';
import type { FunctionService } from './function-service.ts';

/** What both providers tell; a field that says nothing is left out, as Go does. */
export function statusOf(service: FunctionService, mode: Mode): JsonObject {
  const { deployment, createdAt, serving } = service;
  return {
    ...filled({
      name: deployment.service,
      image: deployment.image,
      namespace: NAMESPACE,
      envProcess: deployment.envProcess,
      secrets: deployment.secrets,
      ...SHOWN[mode](deployment),
      replicas: replicasOf(service, mode),
      availableReplicas: serving.length,
    }),
    ...SHOWN_ALWAYS[mode](deployment),
    createdAt,
  };
}

/** What a provider ignores it does not keep either. */
const SHOWN: Readonly<Record<Mode, (deployment: Deployment) => JsonObject>> = {
  kubernetes: ({ limits, requests, readOnlyRootFilesystem }) => ({
    limits,
    requests,
    readOnlyRootFilesystem,
  }),
  faasd: ({ envVars, limits }) => ({ envVars, limits: filled({ memory: limits?.['memory'] }) }),
};

const SHOWN_ALWAYS: Readonly<Record<Mode, (deployment: Deployment) => JsonObject>> = {
  kubernetes: ({ service, labels, annotations }) => ({
    labels: { ...labels, faas_function: service },
    annotations: { ...annotations, 'prometheus.io.scrape': 'false' },
  }),
  faasd: ({ labels, annotations }) => ({ labels, annotations }),
};

/** Kubernetes tells how many are wanted, faasd how many run. */
export function replicasOf({ wanted, replicas }: FunctionService, mode: Mode): number {
  if (mode === 'kubernetes') return wanted;
  return replicas.filter(({ watchdog }) => watchdog !== undefined).length;
}

function filled(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
