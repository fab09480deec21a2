import type { Mode } from '../mode.ts';

/** Where the two community editions differ. */
export interface ProviderRules {
  readonly mode: Mode;
  readonly provider: string;
  readonly orchestration: string;
  /** The status of a change that was taken on. */
  readonly accepted: number;
  /** Whether that answer means done; otherwise processes start and end after it. */
  readonly isSynchronous: boolean;
  /** Update and creation of a secret are one thing. */
  readonly overwritesSecrets: boolean;
  readonly absentSecretAtDelete: number;
  readonly absentFunctionAtScale: number;
  /** Whether a function may have more than one replica. */
  readonly hasReplicas: boolean;
  /** SIGTERM goes to what the function's process started, too. */
  readonly signalsWholeGroup: boolean;
  /** Where logs begin when no `since` is asked for; undefined = with the first line. */
  readonly logsReachBackMs: number | undefined;
  readonly knowsNamespaces: boolean;
}

export const RULES: Readonly<Record<Mode, ProviderRules>> = {
  kubernetes: {
    mode: 'kubernetes',
    provider: 'faas-netes',
    orchestration: 'kubernetes',
    accepted: 202,
    isSynchronous: false,
    overwritesSecrets: false,
    absentSecretAtDelete: 404,
    absentFunctionAtScale: 500,
    hasReplicas: true,
    signalsWholeGroup: false,
    logsReachBackMs: undefined,
    knowsNamespaces: false,
  },
  faasd: {
    mode: 'faasd',
    provider: 'faasd',
    orchestration: 'containerd',
    accepted: 200,
    isSynchronous: true,
    overwritesSecrets: true,
    absentSecretAtDelete: 500,
    absentFunctionAtScale: 404,
    hasReplicas: false,
    signalsWholeGroup: true,
    logsReachBackMs: 5 * 60_000,
    knowsNamespaces: true,
  },
};
