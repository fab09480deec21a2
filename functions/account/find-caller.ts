import { AppError } from '#shared/core/errors';
import type { User, Users } from '#shared/core/ports';

/** The account of who is logged in. An access token may outlive it by some minutes. */
export async function findCaller(users: Pick<Users, 'findById'>, userId: string): Promise<User> {
  const user = await users.findById(userId);
  if (user === undefined) throw new AppError('unauthorized', 'This account is deleted.');
  return user;
}
