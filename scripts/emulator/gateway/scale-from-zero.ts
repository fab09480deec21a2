import { setTimeout as sleep } from 'node:timers/promises';

import { replicasOf } from '../provider/function-status.ts';
import type { FunctionService } from '../provider/function-service.ts';
import type { Provider } from '../provider/provider.ts';
import { scaleRangeOf } from './scaling.ts';

const POLL_MS = 100;
const MAX_POLLS = 1_000;

/**
 * A function without replicas is brought to its minimum and waited for, up to 100 s: then the
 * request goes on, whatever there is. Resolves at once for every other function.
 */
export async function scaleFromZero(
  provider: Provider,
  service: FunctionService,
  isLeft: () => boolean,
): Promise<void> {
  const { name, deployment } = service;
  const { mode } = provider.rules;
  if (replicasOf(service, mode) > 0) return;
  await provider.scale(name, scaleRangeOf(deployment.labels).min).catch(() => undefined);
  for (let polls = 0; polls < MAX_POLLS && !isLeft(); polls += 1) {
    if (service.serving.length > 0 || provider.find(name) !== service) return;
    await sleep(POLL_MS);
  }
}
