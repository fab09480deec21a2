import { AppError } from '#shared/core/errors';
import type { PasswordHasher, RateLimiter, User, Users } from '#shared/core/ports';
import { findCaller } from './find-caller.ts';

export interface ConfirmPasswordDeps {
  readonly users: Pick<Users, 'findById'>;
  readonly hasher: Pick<PasswordHasher, 'verify'>;
  /** The same budgets as those of login: a stolen access token opens no second way to guess. */
  readonly guesses: readonly RateLimiter[];
}

/** The account of who is logged in and knows its password too. Rejects with `forbidden`. */
export async function confirmPassword(
  { users, hasher, guesses }: ConfirmPasswordDeps,
  userId: string,
  password: string,
): Promise<User> {
  const user = await findCaller(users, userId);
  for (const limit of guesses) await limit.take(user.emailKey);
  if (!(await hasher.verify(password, user.passwordHash))) {
    throw new AppError('forbidden', 'The password is wrong.');
  }
  for (const limit of guesses) await limit.reset(user.emailKey);
  return user;
}
