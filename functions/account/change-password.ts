import type { PasswordChangeRequest } from '#shared/contracts/accounts';
import { AppError, sentence } from '#shared/core/errors';
import { passwordProblem } from '#shared/core/password';
import type { PasswordHasher, Users } from '#shared/core/ports';
import { confirmPassword, type ConfirmPasswordDeps } from './confirm-password.ts';

export interface ChangePasswordDeps extends ConfirmPasswordDeps {
  readonly users: Pick<Users, 'findById' | 'setPasswordHash'>;
  readonly hasher: Pick<PasswordHasher, 'hash' | 'verify'>;
}

/**
 * Takes a new password and ends every session of the person. Access tokens that are out already
 * hold until they expire, 15 minutes at most.
 */
export function changePassword(deps: ChangePasswordDeps) {
  return async (userId: string, request: PasswordChangeRequest): Promise<void> => {
    const { email } = await confirmPassword(deps, userId, request.currentPassword);
    const message = passwordProblem(request.newPassword, email);
    if (message !== undefined) {
      const problems = [{ path: 'newPassword', message }];
      throw new AppError('invalid_input', sentence.invalid_input, { problems });
    }
    const hash = await deps.hasher.hash(request.newPassword);
    await deps.users.setPasswordHash(userId, hash, { keepSessions: false });
  };
}
