import type { AccountDeletionRequest } from '#shared/contracts/accounts';
import type { Users } from '#shared/core/ports';
import { confirmPassword, type ConfirmPasswordDeps } from './confirm-password.ts';

export interface DeleteAccountDeps extends ConfirmPasswordDeps {
  readonly users: Pick<Users, 'findById' | 'remove'>;
}

/** Forgets the person and all that is theirs; the sweep deletes the files. */
export function deleteAccount(deps: DeleteAccountDeps) {
  return async (userId: string, { password }: AccountDeletionRequest): Promise<void> => {
    await confirmPassword(deps, userId, password);
    await deps.users.remove(userId);
  };
}
