import { AppError } from '#shared/core/errors';

/** A bounded number of uploads at once, so that memory is bounded too. */
export interface Slots {
  /** Takes one and returns what gives it back. Throws `unavailable` when none is free. */
  take(): () => void;
}

/** `most` slots, all free. */
export function createSlots(most: number): Slots {
  let taken = 0;
  return {
    take() {
      if (taken >= most) {
        const message = 'Too many uploads at once. Try again in a moment.';
        throw new AppError('unavailable', message, { retryAfterSeconds: 5 });
      }
      taken += 1;
      return () => {
        taken -= 1;
      };
    },
  };
}
