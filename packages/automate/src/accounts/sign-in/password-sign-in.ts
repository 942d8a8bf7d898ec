import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { signInFailed } from '../people/errors.ts';
import { DECOY, verifyPassword } from '../people/password.ts';
import { findByAddress, lockUser, passwordOf } from '../people/person.store.ts';
import type { Records } from '../people/records.ts';
import type { SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import type { SecondFactorAdmission } from './second-factor-admission.ts';
import { inOneTransaction } from './sign-in-transaction.ts';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly code?: string | undefined;
}

export interface PasswordSignInOptions {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly admission: SecondFactorAdmission;
  readonly records: Records;
  readonly logger: Logger;
}

/** Signing in with a password, and with the second factor where there is one. */
export function createPasswordSignIn({ db, attempts, admission, records, logger }: PasswordSignInOptions) {
  /** Written down after the reply: that it takes its time must tell nobody that there is such an account. */
  function recordFailure(user: { readonly id: string }, client: Client): void {
    setImmediate(() =>
      db
        .transaction((transaction) => records.recordFailure(transaction, user, client))
        .catch((error: unknown) => logger.error({ reason: errorMessage(error) }, 'a failed sign-in was not recorded')),
    );
  }

  return {
    /**
     * Does the same work whether or not there is such an account: the same statements, and one hash.
     * @throws AppError `sign_in_failed` whatever was wrong, `two_factor_required`, `rate_limited`, `too_busy`
     */
    async signIn({ email: given, password, code }: Credentials, client: Client): Promise<SignedIn> {
      const email = given.toLowerCase();
      await attempts.requireAttempts(client, `account:${email}`);
      const known = await findByAddress(db, email);
      const isRight = await verifyPassword(known?.password ?? DECOY, password);
      if (!known?.password || !isRight || known.disabled_at !== null) {
        if (known) recordFailure(known, client);
        throw signInFailed();
      }
      return inOneTransaction(db, async (transaction) => {
        const user = await lockUser(transaction, { id: known.id });
        // The password may have been changed or taken away since it was checked.
        const isSame = user?.disabled_at === null && (await passwordOf(transaction, user.id)) === known.password;
        if (!isSame) throw signInFailed();
        return admission.admitWithCode(transaction, { user, code, client, way: 'password' });
      });
    },
  };
}
