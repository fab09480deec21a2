import { patiently } from '../client/newcomer.ts';
import { startStorm, type Storm } from '../chaos/storm.ts';
import { submit, type Submitted } from '../chaos/submit.ts';
import type { Victims } from '../chaos/victims.ts';
import { makeVideos, type Video } from '../chaos/videos.ts';
import { random } from './fault-run.ts';
import { secretsOfPeople, service } from './service.ts';

const quiet = () => undefined;

/** How many videos, over how long. */
export interface Crowd {
  readonly jobs: number;
  readonly seconds: number;
  /** What they are; by default of all kinds, some of which must fail. */
  readonly videos?: readonly [Video, ...Video[]];
}

/** Uploads as many patient people do. Resolves when all were taken, however long that takes. */
export async function submitMany({ jobs, seconds, videos }: Crowd): Promise<Submitted> {
  const submitted = await submit({
    ...{ jobs, seconds, random, report: quiet },
    gatewayUrl: service.gatewayUrl,
    videos: videos ?? (await makeVideos()),
  });
  secretsOfPeople.push(...submitted.secrets);
  return submitted;
}

/** Kills and pauses at random, as chaos does, until the end, which starts what is still down. */
export function stormOver(stricken: Victims): Storm {
  const storm = startStorm(stricken, random, quiet);
  return {
    struck: storm.struck,
    async end() {
      await storm.end();
      await patiently(() => stricken.restoreServers());
    },
  };
}
