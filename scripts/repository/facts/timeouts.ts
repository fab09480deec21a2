import type { DeploymentRequest } from '../../deploy/stack-file.ts';
import { parseDurationMs } from '../../emulator/duration.ts';

/** What a platform lets one call take, as its settings say it. */
export interface PlatformTimeouts {
  readonly place: string;
  readonly read: string | undefined;
  readonly write: string | undefined;
  readonly upstream: string | undefined;
  /** Of the provider; undefined where it follows the gateway. */
  readonly service?: string | undefined;
}

/** Each hop that gives a call less time than the hop behind it. */
export function timeoutFaults(
  { place, read, write, upstream, service = upstream }: PlatformTimeouts,
  functions: readonly DeploymentRequest[],
): string[] {
  const hop = (name: string, outer: string | undefined, inner: string | undefined) =>
    milliseconds(outer) >= milliseconds(inner)
      ? []
      : [`${place}: ${name} is ${outer ?? 'not set'}, behind it is ${inner ?? 'not set'}`];
  return [
    ...hop('read_timeout', read, upstream),
    ...hop('write_timeout', write, upstream),
    ...hop('the provider’s timeout', service, upstream),
    ...functions.flatMap(({ service: name, envVars }) =>
      hop(`upstream_timeout for ${name}`, upstream, envVars['exec_timeout'] ?? '0'),
    ),
  ];
}

function milliseconds(text: string | undefined): number {
  return (text === undefined ? undefined : parseDurationMs(text)) ?? NaN;
}
