import type { Db } from '../../db/index.ts';
import { AppError } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink } from '../people/links.ts';
import { consumeToken, holderOf, lockToken } from '../people/one-time-token.store.ts';
import { findUser, lockUser } from '../people/person.store.ts';
import type { SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import { requireCode, type SecondFactorAdmission } from './second-factor-admission.ts';
import { inOneTransaction } from './sign-in-transaction.ts';

export interface LinkSignInOptions {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly admission: SecondFactorAdmission;
}

/** Signing in with a link that works once, in place of a password: the second factor is asked for all the same. */
export function createLinkSignIn({ db, attempts, admission }: LinkSignInOptions) {
  return {
    /**
     * The link is used up by the right code only, so that a wrong one can be corrected.
     * @throws AppError `link_invalid`, `two_factor_required`, `sign_in_failed`, `rate_limited`
     */
    async signInByLink({ token, code }: { token: string; code?: string | undefined }, client: Client): Promise<SignedIn> {
      await attempts.requireAttempts(client);
      const hash = digest(token);
      const holder = await holderOf(db, hash, 'sign_in');
      const known = holder === undefined ? undefined : await findUser(db, { id: holder });
      if (!known || known.disabled_at !== null) throw invalidLink();
      if (known.two_factor_enabled) {
        requireCode(code);
        // Codes can be guessed at, and it makes no difference behind which first factor.
        await attempts.requireAttempts(client, `account:${known.email}`);
      }
      return inOneTransaction(db, async (transaction) => {
        // Of two who come at once one waits here, and then finds the link used up.
        const isHeld = (await lockToken(transaction, hash, 'sign_in')) === known.id;
        const user = isHeld ? await lockUser(transaction, { id: known.id }) : undefined;
        if (!user || user.disabled_at !== null) throw invalidLink();
        const outcome = await admission.admitWithCode(transaction, { user, code, client, way: 'link' });
        if (!AppError.is(outcome)) await consumeToken(transaction, hash, 'sign_in');
        return outcome;
      });
    },
  };
}
