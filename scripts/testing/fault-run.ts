import { createRandom, type Random } from '../chaos/random.ts';

/** The random points of this file's faults: the same for the same `--seed`. */
export const random: Random = createRandom(Number(process.env['FAULTS_SEED']));

/** How much of something: in every run of the tests, and with `--full`. */
export function sized(reduced: number, full: number): number {
  return process.env['TEST_SIZE'] === 'full' ? full : reduced;
}

/** How long the soak lasts: `SOAK_SECONDS` of the environment, 86400 for a day, before the size. */
export const soakSeconds = Number(process.env['SOAK_SECONDS'] ?? sized(60, 300));
