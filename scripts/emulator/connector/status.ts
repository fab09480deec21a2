import { CallLog } from './call-log.ts';
import type { TopicMap } from './topic-map.ts';

/** What the connector knows and does right now; one object for all its lives. */
export interface ConnectorStatus {
  /** How often it has started. */
  starts: number;
  /** The queues it listens to. */
  readonly consumed: Set<string>;
  /** Undefined until the first crawl of this life. */
  map: TopicMap | undefined;
  readonly calls: CallLog;
}

export function newStatus(): ConnectorStatus {
  return { starts: 0, consumed: new Set(), map: undefined, calls: new CallLog() };
}
