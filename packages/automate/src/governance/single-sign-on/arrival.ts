import type { Db, Queryable } from '../../db/index.ts';
import type { SignedIn } from '../people/admission.ts';
import type { Client } from '../people/client.ts';
import type { People } from '../people/people.ts';
import { findUser, membershipsOf, type UserRow } from '../people/person.store.ts';
import { Email, PersonName } from '../people/schemas.ts';
import type { Invitations } from '../tenants/invitations.ts';
import { singleSignOnErrors } from './errors.ts';
import { findLinked, insertLink, lockIdentity } from './identity.store.ts';
import type { Identity } from './provider.ts';

export interface ArrivalOptions {
  readonly db: Db;
  readonly people: People;
  readonly invitations: Invitations;
}

type Outcome = { readonly userId: string; readonly tenantId?: string } | { readonly disabled: UserRow } | undefined;

/**
 * Lets in whom the provider vouches for: who is linked already; else whose verified address an account has, which is then
 * linked; else whose verified address is invited.
 * @throws AppError `no_account`, `account_disabled`
 */
export async function arrive({ db, people, invitations }: ArrivalOptions, identity: Identity, client: Client): Promise<SignedIn> {
  const { issuer, subject } = identity;
  const email = Email.safeParse(identity.email).data;

  const outcome = await db.transaction(async (transaction): Promise<Outcome> => {
    await lockIdentity(transaction, issuer, subject);
    const linked = await findLinked(transaction, issuer, subject);
    if (linked !== undefined) return admissible(transaction, await findUser(transaction, { id: linked }));
    if (email === undefined) return undefined;
    const user = await findUser(transaction, { email });
    if (user) {
      const known = await admissible(transaction, user);
      if (known && 'userId' in known) await link(transaction, user.id);
      return known;
    }
    const name = PersonName.safeParse(identity.name).data ?? (email.split('@')[0] as string);
    const invited = await invitations.acceptFor(transaction, { email, name }, client);
    if (invited) await link(transaction, invited.userId);
    return invited;
  });

  async function link(transaction: Queryable, userId: string): Promise<void> {
    await insertLink(transaction, { userId, issuer, subject });
    await people.recordForAll(transaction, { id: userId }, client, 'user.link', { issuer, subject });
  }

  if (!outcome)
    throw singleSignOnErrors.no_account(
      'Nobody is linked to this identity, and no account or invitation has its verified address.',
    );
  if ('disabled' in outcome) {
    await people.recordFailure(outcome.disabled, client, { way: 'oidc' });
    throw singleSignOnErrors.account_disabled('The account is disabled.');
  }
  return people.admit(outcome.userId, client, 'oidc', outcome.tenantId);
}

async function admissible(transaction: Queryable, user: UserRow | undefined): Promise<Outcome> {
  if (!user || (await membershipsOf(transaction, user.id)).length === 0) return undefined;
  return user.disabled_at === null ? { userId: user.id } : { disabled: user };
}
