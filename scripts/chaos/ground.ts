import { bringUp, type Running } from '../platform/up.ts';
import { type Victims, victimsOf } from './victims.ts';

/** A stack of its own that may be hurt. */
export interface Ground {
  readonly addresses: Running['addresses'];
  readonly victims: Victims;
  stop(): Promise<void>;
}

/** How long things take here: a run must not wait for a minute's lease. */
const variables = {
  V2M_LEASE_SECONDS: '6',
  V2M_CHECKPOINT_SECONDS: '1',
  V2M_SEGMENTED_FROM_SECONDS: '30',
  V2M_DRAIN_SECONDS: '1',
};

/** Brings up servers, emulator and functions below `root`. */
export async function createGround(
  root: string,
  options: { readonly install: boolean; readonly report: (line: string) => void },
): Promise<Ground> {
  const { addresses, stop } = await bringUp({ root, variables, ...options });
  const { gatewayUrl } = addresses;
  return { addresses, victims: victimsOf({ root, gatewayUrl, env: process.env }), stop };
}
