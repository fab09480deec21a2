import type { Role } from '#shared/contracts/accounts';
import { parseEmail } from '#shared/core/accounts';
import type { Users } from '#shared/core/ports';

/** Roles to give and to take. */
export interface RoleChange {
  readonly add: readonly Role[];
  readonly remove: readonly Role[];
}

/** Changes the roles of an account and gives those it has now; undefined where there is none. */
export async function changeRoles(
  users: Pick<Users, 'findByEmailKey' | 'setRoles'>,
  email: string,
  { add, remove }: RoleChange,
): Promise<readonly Role[] | undefined> {
  const emailKey = parseEmail(email)?.emailKey;
  const user = emailKey === undefined ? undefined : await users.findByEmailKey(emailKey);
  if (user === undefined) return undefined;
  const roles = [...new Set([...user.roles, ...add])].filter((role) => !remove.includes(role));
  if (add.length + remove.length > 0) await users.setRoles(user.id, roles);
  return roles;
}
