/** Which provider stands behind the gateway: faas-netes or faasd, both in the community edition. */
export const MODES = ['kubernetes', 'faasd'] as const;

export type Mode = (typeof MODES)[number];

export function isMode(text: string): text is Mode {
  return MODES.some((mode) => mode === text);
}
