const UNITS_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/gu;

/**
 * Milliseconds of a Go duration ("1m30s") or of whole seconds ("90"); undefined when it is neither.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^\d+$/u.test(text)) return Number(text) * 1_000;
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => {
    return sum + Number(amount) * (UNITS_MS[unit ?? ''] ?? 0);
  }, 0);
}
