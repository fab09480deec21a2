import type { RolesRequest } from '#shared/contracts/accounts';
import { AppError } from '#shared/core/errors';
import type { Users } from '#shared/core/ports';

/**
 * Gives an account exactly these roles. They are in its next access token, 15 minutes later at
 * most. Nobody takes the own admin role away: it would be the last one's easiest mistake.
 */
export function setRoles({ users }: { readonly users: Pick<Users, 'setRoles'> }) {
  return async (adminId: string, userId: string, { roles }: RolesRequest): Promise<void> => {
    if (adminId === userId && !roles.includes('admin')) {
      throw new AppError('conflict', 'Another admin has to take this role from you.');
    }
    const found = await users.setRoles(userId, [...new Set(roles)]);
    if (!found) throw new AppError('not_found');
  };
}
