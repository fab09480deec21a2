/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** 0 up to and without 1. */
  share(): number;
  between(least: number, most: number): number;
  pick<T>(all: readonly [T, ...T[]]): T;
}

/** Mulberry32 by Tommy Ettinger (public domain): a seed of 32 bits, good enough to shuffle with. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    share,
    between: (least, most) => least + share() * (most - least),
    pick: (all) => all[Math.floor(share() * all.length)] ?? all[0],
  };
}
