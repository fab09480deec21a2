import type { RegisterRequest, RegisterResponse } from '#shared/contracts/accounts';
import { type EmailAddress, parseEmail } from '#shared/core/accounts';
import { AppError, type InputProblem, sentence } from '#shared/core/errors';
import { passwordProblem } from '#shared/core/password';
import type { NewId, PasswordHasher, RateLimiter, Users } from '#shared/core/ports';

export interface RegisterDeps {
  readonly users: Pick<Users, 'create'>;
  readonly hasher: Pick<PasswordHasher, 'hash'>;
  readonly newId: NewId;
  readonly limits: {
    /** One address: bounds the mails its owner gets of strangers who try it. */
    readonly address: Pick<RateLimiter, 'take'>;
    readonly everyone: Pick<RateLimiter, 'take'>;
  };
}

/**
 * Opens an account. An address that has one already gets the same answer in the same time: only
 * its owner learns of it, by mail.
 */
export function register({ users, hasher, newId, limits }: RegisterDeps) {
  return async (request: RegisterRequest): Promise<RegisterResponse> => {
    const { email, emailKey } = check(request);
    await limits.address.take(emailKey);
    await limits.everyone.take('all');
    const passwordHash = await hasher.hash(request.password);
    await users.create({ id: newId(), email, emailKey, passwordHash });
    return { email };
  };
}

/** Names all that is wrong at once. */
function check(request: RegisterRequest): EmailAddress {
  const problems: InputProblem[] = [];
  const address = parseEmail(request.email);
  if (address === undefined) {
    problems.push({ path: 'email', message: 'This is not one e-mail address.' });
  }
  const problem = passwordProblem(request.password, address?.email ?? request.email);
  if (problem !== undefined) problems.push({ path: 'password', message: problem });
  if (address !== undefined && problems.length === 0) return address;
  throw new AppError('invalid_input', sentence.invalid_input, { problems });
}
