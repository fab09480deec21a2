import type { AccountView } from '#shared/contracts/accounts';
import type { User } from '#shared/core/ports';

/** An account as it may be shown: without hash and key. */
export function accountView({ id, email, roles, createdAt }: User): AccountView {
  return { id, email, roles: [...roles], createdAt: createdAt.toISOString() };
}
