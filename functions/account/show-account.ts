import type { AccountView } from '#shared/contracts/accounts';
import type { Users } from '#shared/core/ports';
import { accountView } from './account-view.ts';
import { findCaller } from './find-caller.ts';

/** The person's own account. */
export function showAccount({ users }: { readonly users: Pick<Users, 'findById'> }) {
  return async (userId: string): Promise<AccountView> =>
    accountView(await findCaller(users, userId));
}
