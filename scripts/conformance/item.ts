import type { Findings } from './findings.ts';
import type { Broker, Settings } from './installation.ts';
import type { Site } from './site.ts';

/** What an item works with. */
export interface Context {
  /** The OpenFaaS under test. */
  readonly site: Site;
  readonly findings: Findings;
  /** Says what takes so long. */
  readonly doing: (what: string) => void;
  /**
   * Another OpenFaaS with other settings; undefined when the one under test is not ours to set.
   * It ends with the item.
   */
  readonly siteWith: ((settings: Settings) => Promise<Site>) | undefined;
  readonly largeBytes: number;
  readonly broker: Broker | undefined;
}

/** One of the 25 points of OpenFaaS's contract. */
export interface Item {
  /** The rule in one sentence. */
  readonly title: string;
  readonly check: (context: Context) => Promise<void>;
}
