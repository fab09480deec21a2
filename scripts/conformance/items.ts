import type { Item } from './item.ts';
import { deployTwice } from './items/01-deploy-twice.ts';
import { paths } from './items/02-paths.ts';
import { credentials } from './items/03-credentials.ts';
import { info } from './items/04-info.ts';
import { describe } from './items/05-describe.ts';
import { invoke } from './items/06-invoke.ts';
import { uploads } from './items/07-uploads.ts';
import { headers } from './items/08-headers.ts';
import { withheldChunks } from './items/09-withheld-chunks.ts';
import { results } from './items/10-results.ts';
import { cutBodies } from './items/11-cut-bodies.ts';
import { disconnects } from './items/12-disconnects.ts';
import { maxInflight } from './items/13-max-inflight.ts';
import { stopping } from './items/14-stopping.ts';
import { exits } from './items/15-exits.ts';
import { environment } from './items/16-environment.ts';
import { secrets } from './items/17-secrets.ts';
import { secretStatuses } from './items/18-secret-statuses.ts';
import { logs } from './items/19-logs.ts';
import { removal } from './items/20-removal.ts';
import { limits } from './items/21-limits.ts';
import { rabbitMq } from './items/22-rabbitmq.ts';
import { cron } from './items/23-cron.ts';
import { asyncCalls } from './items/24-async.ts';
import { shrinkwrapped } from './items/25-shrinkwrap.ts';

/** In the order of their numbers. */
export const items: readonly Item[] = [
  deployTwice,
  paths,
  credentials,
  info,
  describe,
  invoke,
  uploads,
  headers,
  withheldChunks,
  results,
  cutBodies,
  disconnects,
  maxInflight,
  stopping,
  exits,
  environment,
  secrets,
  secretStatuses,
  logs,
  removal,
  limits,
  rabbitMq,
  cron,
  asyncCalls,
  shrinkwrapped,
];
