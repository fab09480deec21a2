import { AppError } from '#shared/core/errors';

/** A bounded number of uploads at once, so that memory is bounded too. */
export interface Slots {
  /**
   * Takes one for this person and returns what gives it back. Throws `unavailable` when none is
   * free, and `rate_limited` when the person has as many as one may have.
   */
  take(ownerId: string): () => void;
}

/** One person leaves room for others, however slow the uploads are. */
const shareOfOne = 1 / 4;
const retryAfterSeconds = 5;

/** `most` slots, all free; a quarter of them is the most for one person. */
export function createSlots(most: number): Slots {
  const mostOfOne = Math.ceil(most * shareOfOne);
  const taken = new Map<string, number>();
  let all = 0;
  return {
    take(ownerId) {
      const own = taken.get(ownerId) ?? 0;
      if (all >= most) throw tooMany('unavailable', 'Too many uploads at once.');
      if (own >= mostOfOne) throw tooMany('rate_limited', 'Too many uploads of this account.');
      all += 1;
      taken.set(ownerId, own + 1);
      return () => {
        all -= 1;
        const left = (taken.get(ownerId) ?? 0) - 1;
        if (left > 0) taken.set(ownerId, left);
        else taken.delete(ownerId);
      };
    },
  };
}

function tooMany(code: 'unavailable' | 'rate_limited', message: string): AppError {
  return new AppError(code, `${message} Try again in a moment.`, { retryAfterSeconds });
}
