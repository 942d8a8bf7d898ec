import type { Db, Queryable } from '../../db/index.ts';
import type { AppError } from '../../kernel/index.ts';
import type { Invitations } from '../invitations/invitations.ts';
import type { Client } from '../people/client.ts';
import { membershipsOf } from '../people/member.store.ts';
import { lockUser, type UserRow } from '../people/person.store.ts';
import { lockAddress } from '../people/proof.store.ts';
import { Email, PersonName } from '../people/schemas.ts';
import type { SignedIn } from '../sign-in/admission.ts';
import type { People } from '../sign-in/people.ts';
import { inOneTransaction } from '../sign-in/sign-in-transaction.ts';
import { singleSignOnErrors } from './errors.ts';
import { findLinked, hasLink, insertLink, lockIdentity } from './identity.store.ts';
import type { Identity } from './provider.ts';

export interface ArrivalOptions {
  readonly db: Db;
  readonly people: People;
  readonly invitations: Invitations;
}

/**
 * Lets in whom the provider vouches for: who is linked already; else whose verified address an account has, which is then
 * linked; else whose verified address is invited. A verified address proves to whom the account belongs: what somebody else
 * could have put into it before is void.
 * @throws AppError `no_account`, `account_disabled`, `linked_to_another`
 */
export async function arrive({ db, people, invitations }: ArrivalOptions, identity: Identity, client: Client): Promise<SignedIn> {
  const { issuer, subject } = identity;
  const email = Email.safeParse(identity.email).data;

  const signedIn = await inOneTransaction(db, async (transaction) => {
    await lockIdentity(transaction, issuer, subject);
    const linked = await findLinked(transaction, issuer, subject);
    if (linked !== undefined) return enterLinked(transaction, await lockUser(transaction, { id: linked }));
    if (email === undefined) return noAccount();
    await lockAddress(transaction, email);
    const user = await lockUser(transaction, { email });
    return user ? enterByAddress(transaction, user) : enterInvited(transaction, email);
  });
  await people.announce();
  return signedIn;

  async function enterLinked(transaction: Queryable, user: UserRow | undefined): Promise<SignedIn | AppError> {
    if (!user) return noAccount();
    const refusal = await refusalOf(transaction, user);
    if (refusal) return refusal;
    if (user.email === email) await people.proof.prove(transaction, user, client, 'oidc');
    return people.admit(transaction, { userId: user.id, client, way: 'oidc' });
  }

  async function enterByAddress(transaction: Queryable, user: UserRow): Promise<SignedIn | AppError> {
    const refusal = await refusalOf(transaction, user);
    if (refusal) return refusal;
    // An address may be given to the next person; a subject never is (OpenID Connect Core 1.0, 5.7).
    if (await hasLink(transaction, issuer, user.id)) return refuse(transaction, user, linkedToAnother());
    await people.proof.prove(transaction, user, client, 'oidc');
    await link(transaction, user.id);
    return people.admit(transaction, { userId: user.id, client, way: 'oidc' });
  }

  async function enterInvited(transaction: Queryable, address: string): Promise<SignedIn | AppError> {
    const name = PersonName.safeParse(identity.name).data ?? (address.split('@')[0] as string);
    const invited = await invitations.acceptFor(transaction, { email: address, name }, client);
    if (!invited) return noAccount();
    await link(transaction, invited.userId);
    return people.admit(transaction, { ...invited, client, way: 'oidc' });
  }

  async function link(transaction: Queryable, userId: string): Promise<void> {
    await insertLink(transaction, { userId, issuer, subject });
    await people.recordForAll(transaction, { id: userId }, client, 'user.link', { issuer, subject });
  }

  /** Why an account lets in nobody. */
  async function refusalOf(transaction: Queryable, user: UserRow): Promise<AppError | undefined> {
    if ((await membershipsOf(transaction, user.id)).length === 0) return noAccount();
    return user.disabled_at === null ? undefined : refuse(transaction, user, accountDisabled());
  }

  async function refuse(transaction: Queryable, user: UserRow, refusal: AppError): Promise<AppError> {
    await people.recordFailure(transaction, user, client, { way: 'oidc' });
    return refusal;
  }
}

function noAccount(): AppError {
  return singleSignOnErrors.no_account(
    'Nobody is linked to this identity, and no account or invitation has its verified address.',
  );
}

function accountDisabled(): AppError {
  return singleSignOnErrors.account_disabled('The account is disabled.');
}

function linkedToAnother(): AppError {
  return singleSignOnErrors.linked_to_another('The account with this address is linked to another identity of the provider.');
}
