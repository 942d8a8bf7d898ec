import type { Queryable } from '../../db/index.ts';
import { type AppError, commonErrors } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { peopleErrors, signInFailed } from '../people/errors.ts';
import type { UserRow } from '../people/person.store.ts';
import type { Records } from '../people/records.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import type { Admission, SignedIn } from './admission.ts';

export interface CodeEntrance {
  /** Under a lock: their first factor was right. */
  readonly user: UserRow;
  readonly code: string | undefined;
  readonly client: Client;
  /** As the audit record tells it. */
  readonly way: string;
}

/** Lets in who has shown a first factor, and the second where the account has one. */
export interface SecondFactorAdmission {
  /** @returns `sign_in_failed` or `rate_limited` rather than to throw it, since the wrong code was counted */
  admitWithCode(transaction: Queryable, entrance: CodeEntrance): Promise<SignedIn | AppError>;
}

export function createSecondFactorAdmission({
  admission,
  records,
  secondFactor,
}: {
  admission: Admission;
  records: Records;
  secondFactor: SecondFactor;
}): SecondFactorAdmission {
  return {
    async admitWithCode(transaction, { user, code, client, way }) {
      if (user.two_factor_enabled) {
        requireCode(code);
        const check = await secondFactor.check(transaction, user.id, code);
        if (check.outcome === 'locked') return locked(check.seconds);
        if (check.outcome === 'wrong') {
          await records.recordFailure(transaction, user, client, { way });
          return signInFailed();
        }
      }
      return admission.admit(transaction, { userId: user.id, client, way });
    },
  };
}

/** @throws AppError `two_factor_required` */
export function requireCode(code: string | undefined): asserts code is string {
  if (code === undefined)
    throw peopleErrors.two_factor_required('Send the code of your authenticator, or a backup code, as "code".');
}

function locked(seconds: number): AppError {
  return commonErrors.rate_limited(`Too many wrong codes: try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
