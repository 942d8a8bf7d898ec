import type { Db, Queryable } from '../../db/index.ts';
import { requireTenant } from '../../governance/index.ts';
import { newId } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink, type Links } from '../people/links.ts';
import { insertMember } from '../people/member.store.ts';
import { consumeToken } from '../people/one-time-token.store.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import { firstStaff, hasUsers, insertUser, lockSetUp, setPassword } from '../people/person.store.ts';
import type { Records } from '../people/records.ts';
import type { Admission, SignedIn } from './admission.ts';
import type { Attempts } from './attempts.ts';
import { inOneTransaction } from './sign-in-transaction.ts';

export interface FirstOwnerOptions {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly links: Links;
  readonly records: Records;
  readonly admission: Admission;
}

const SET_UP_SECONDS = 7 * 86_400;
const SIGN_IN_SECONDS = 3_600;

/** Whoever holds the machine comes in first, by a link that the start prints. */
export function createFirstOwner({ db, attempts, links, records, admission }: FirstOwnerOptions) {
  const owner = {
    /** Whether the first owner is still to be set up. */
    async isNew(queryable: Queryable = db): Promise<boolean> {
      return !(await hasUsers(queryable));
    },

    /** A path that lets whoever has it in once: to set up the first owner, or to sign in as the first of the staff. */
    async startLink(): Promise<string | undefined> {
      if (await owner.isNew())
        return `/setup/#token=${await links.issue({ purpose: 'setup', userId: null, seconds: SET_UP_SECONDS })}`;
      const staff = await firstStaff(db);
      return staff && `/sign-in/#token=${await links.issue({ purpose: 'sign_in', userId: staff.id, seconds: SIGN_IN_SECONDS })}`;
    },

    /** @throws AppError `link_invalid` */
    async setUp(given: { token: string; email: string; name: string; password: string }, client: Client): Promise<SignedIn> {
      await attempts.requireAttempts(client);
      requireGoodPassword(given.password, given);
      const hash = await hashPassword(given.password);
      const userId = newId();
      return inOneTransaction(db, async (transaction) => {
        await lockSetUp(transaction);
        if (!(await consumeToken(transaction, digest(given.token), 'setup')) || !(await owner.isNew(transaction)))
          throw invalidLink();
        await owner.createOwner(transaction, { id: userId, ...given, hash });
        return admission.admit(transaction, { userId, client, way: 'setup' });
      });
    },

    /** A staff user who owns the tenant `default`. */
    async createOwner(
      transaction: Queryable,
      { id, email, name, hash }: { id: string; email: string; name: string; hash: string },
    ): Promise<void> {
      // Who holds the machine may do everything, and so vouch for an address.
      await insertUser(transaction, { id, email, name, isStaff: true, isEmailVerified: true });
      await setPassword(transaction, id, hash);
      const tenantId = await requireTenant(transaction, 'default');
      await insertMember(transaction, { id: newId(), tenantId, userId: id, role: 'owner', email, name });
      const actor = { tenantId, actor: 'system', traceId: '-', address: null };
      await records.record(transaction, actor, 'user.create', id, { after: { email, name, is_staff: true, role: 'owner' } });
    },
  };
  return owner;
}
