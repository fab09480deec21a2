import type { JobView } from '#shared/contracts/jobs';
import { sentence } from '#shared/core/errors';

type Degraded = NonNullable<NonNullable<JobView['result']>['degraded']>;

/** What is said of an MP3 that lacks a part of its source: code, both lengths, and why. */
export function incompleteness({ code, promisedSeconds, decodedSeconds }: Degraded): string {
  const whole = promisedSeconds === null ? '' : ` of ${promisedSeconds.toFixed(2)} s`;
  const heard = `${decodedSeconds.toFixed(2)} s${whole} could be read`;
  return `${code}: degraded, ${heard}. ${sentence[code]}`;
}
