/**
 * Mode http: one process that lives as long as the watchdog and is called over HTTP on loopback.
 * It starts with the watchdog, which does not wait until it listens: early requests get 500.
 */
import type { Call, Runner } from './call.ts';
import { killGroup, startChild, type Child } from './child.ts';
import { forward } from './forward.ts';
import { forwardEvents, wantsEvents } from './forward-events.ts';
import type { Place } from './program.ts';
import type { WatchdogSettings } from './settings.ts';
import { upstreamOf } from './upstream.ts';

export function createHttpMode(settings: WatchdogSettings, place: Place): Runner {
  const upstream = upstreamOf(settings);
  let child: Child | undefined;
  return {
    serve: (call: Call) => {
      if (wantsEvents(call.req)) forwardEvents(call, upstream, place.log);
      else void forward(call, upstream, settings, place.log);
    },
    start: async (env) => {
      child = await startChild(settings, place, env);
      return child;
    },
    kill: () => (child === undefined ? undefined : killGroup(child.pid)),
  };
}
