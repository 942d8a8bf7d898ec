import type { Db, Queryable } from '../../db/index.ts';
import type { SignedIn } from '../people/admission.ts';
import type { Client } from '../people/client.ts';
import type { People } from '../people/people.ts';
import { lockUser, membershipsOf, type UserRow } from '../people/person.store.ts';
import { lockAddress } from '../people/proof.store.ts';
import { Email, PersonName } from '../people/schemas.ts';
import type { Invitations } from '../tenants/invitations.ts';
import { singleSignOnErrors } from './errors.ts';
import { findLinked, hasLink, insertLink, lockIdentity } from './identity.store.ts';
import type { Identity } from './provider.ts';

export interface ArrivalOptions {
  readonly db: Db;
  readonly people: People;
  readonly invitations: Invitations;
}

type Outcome =
  | { readonly userId: string; readonly tenantId?: string }
  | { readonly disabled: UserRow }
  | { readonly linked: UserRow }
  | undefined;

/**
 * Lets in whom the provider vouches for: who is linked already; else whose verified address an account has, which is then
 * linked; else whose verified address is invited. A verified address proves to whom the account belongs: what somebody else
 * could have put into it before is void.
 * @throws AppError `no_account`, `account_disabled`, `linked_to_another`
 */
export async function arrive({ db, people, invitations }: ArrivalOptions, identity: Identity, client: Client): Promise<SignedIn> {
  const { issuer, subject } = identity;
  const email = Email.safeParse(identity.email).data;

  const outcome = await db.transaction(async (transaction): Promise<Outcome> => {
    await lockIdentity(transaction, issuer, subject);
    const linked = await findLinked(transaction, issuer, subject);
    if (linked !== undefined) {
      const user = await lockUser(transaction, { id: linked });
      const outcome = await admissible(transaction, user);
      if (user && outcome && 'userId' in outcome && user.email === email)
        await people.proof.prove(transaction, user, client, 'oidc');
      return outcome;
    }
    if (email === undefined) return undefined;
    await lockAddress(transaction, email);
    const user = await lockUser(transaction, { email });
    if (user) {
      const outcome = await admissible(transaction, user);
      if (!outcome || !('userId' in outcome)) return outcome;
      // An address may be given to the next person; a subject never is (OpenID Connect Core 1.0, 5.7).
      if (await hasLink(transaction, issuer, user.id)) return { linked: user };
      await people.proof.prove(transaction, user, client, 'oidc');
      await link(transaction, user.id);
      return outcome;
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
  if ('linked' in outcome) {
    await people.recordFailure(outcome.linked, client, { way: 'oidc' });
    throw singleSignOnErrors.linked_to_another('The account with this address is linked to another identity of the provider.');
  }
  await people.announce();
  return people.admit(outcome.userId, client, 'oidc', { tenantId: outcome.tenantId });
}

async function admissible(transaction: Queryable, user: UserRow | undefined): Promise<Outcome> {
  if (!user || (await membershipsOf(transaction, user.id)).length === 0) return undefined;
  return user.disabled_at === null ? { userId: user.id } : { disabled: user };
}
