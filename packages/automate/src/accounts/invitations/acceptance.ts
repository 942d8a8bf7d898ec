import type { z } from 'zod';
import { badCredentials } from '../../api/index.ts';
import type { Db, Queryable } from '../../db/index.ts';
import type { AuditActor } from '../../governance/index.ts';
import { commonErrors, invalidInput, newId, type Principal } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink } from '../people/links.ts';
import { insertMember } from '../people/member.store.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import { findUser, lockUser, setPassword, type UserRow } from '../people/person.store.ts';
import { lockAddress } from '../people/proof.store.ts';
import { removeSession } from '../sessions/session.store.ts';
import { sessionHash } from '../sessions/session-token.ts';
import type { SignedIn } from '../sign-in/admission.ts';
import type { People } from '../sign-in/people.ts';
import { inOneTransaction } from '../sign-in/sign-in-transaction.ts';
import { findByAddressOpen, findByHash, markAccepted, type OpenInvitation } from './invitation.store.ts';
import { mayStillInvite } from './inviter.ts';
import type { InvitationAccept } from './schemas.ts';

export interface AcceptanceOptions {
  readonly db: Db;
  readonly people: People;
  requireRoom(transaction: Queryable, tenantId: string): Promise<void>;
  record(transaction: Queryable, actor: AuditActor, action: string, id: string, diff?: object): Promise<void>;
}

/** How an invitation makes a member: of somebody new, of somebody known, and of whom a provider vouches for. */
export class Acceptance {
  readonly #options: AcceptanceOptions;

  constructor(options: AcceptanceOptions) {
    this.#options = options;
  }

  /** An invitation that is good at this moment: whoever made it could still make it. @throws AppError `link_invalid` */
  async find(connection: Queryable, token: string): Promise<OpenInvitation> {
    const invitation = await findByHash(connection, digest(token));
    if (!invitation || !(await mayStillInvite(connection, this.#options.people.options.roles, invitation))) throw invalidLink();
    return invitation;
  }

  /** Somebody whom the link lets in as the account that has its address, or as a new one. */
  async comeIn(given: z.output<typeof InvitationAccept>, email: string, client: Client): Promise<SignedIn> {
    const { db, people, requireRoom } = this.#options;
    const hash = await newPassword({ ...given, email });
    return inOneTransaction(db, async (transaction) => {
      const invitation = await this.find(transaction, given.token);
      const { tenant_id: tenantId, role, is_mailed: isMailed } = invitation;
      await requireRoom(transaction, tenantId);
      await lockAddress(transaction, email);
      const user = await lockUser(transaction, { email });
      // Who has the mailbox takes an account that was made in its name; one that is proven has a password of its own.
      if (user && (!isMailed || user.email_verified || user.disabled_at !== null))
        throw commonErrors.unauthenticated(`There is an account for ${email}: sign in with it, then accept again.`);
      if (user) {
        await this.#takeOver(transaction, { user, hash, isMailed }, client);
        await insertMember(transaction, { id: newId(), tenantId, userId: user.id, role, email, name: user.name });
      }
      const person = { email, role, tenantId, name: given.name as string, hash, isEmailVerified: isMailed };
      const id = user?.id ?? (await people.createMember(transaction, person));
      await this.#accept(transaction, invitation, id, client);
      return people.admit(transaction, { userId: id, client, way: 'invitation', tenantId });
    });
  }

  /** Somebody who is signed in. */
  async join(
    { token, password }: z.output<typeof InvitationAccept>,
    session: { readonly principal: Principal; readonly token: string },
    client: Client,
  ): Promise<SignedIn> {
    const { db, people, requireRoom } = this.#options;
    const { id } = session.principal;
    const before = await findUser(db, { id });
    const hash =
      before?.email_verified === false ? await newPassword({ email: before.email, name: before.name, password }) : undefined;
    return inOneTransaction(db, async (transaction) => {
      const invitation = await this.find(transaction, token);
      const { tenant_id: tenantId, role, email, is_mailed: isMailed } = invitation;
      await requireRoom(transaction, tenantId);
      const user = await lockUser(transaction, { id });
      // Known from memory, the session may have ended since: it must not live on as another one.
      const isCurrent = await removeSession(transaction, id, { hash: sessionHash(session.token) });
      if (!user || !isCurrent || user.email_verified !== before?.email_verified) throw badCredentials();
      if (hash !== undefined) await this.#takeOver(transaction, { user, hash, isMailed }, client);
      await insertMember(transaction, { id: newId(), tenantId, userId: id, role, email, name: user.name });
      await this.#accept(transaction, invitation, id, client);
      return people.admit(transaction, { userId: id, client, way: 'invitation', tenantId });
    });
  }

  /** Makes a member of somebody new who is known to have an address, by the newest invitation of it; undefined when none is open. */
  async acceptFor(transaction: Queryable, { email, name }: { email: string; name: string }, client: Client) {
    const { people } = this.#options;
    for (const invitation of await findByAddressOpen(transaction, email)) {
      if (!(await mayStillInvite(transaction, people.options.roles, invitation))) continue;
      const { tenant_id: tenantId, role } = invitation;
      const userId = await people.createMember(transaction, { email, name, role, tenantId, isEmailVerified: true });
      await this.#accept(transaction, invitation, userId, client);
      return { userId, tenantId };
    }
    return undefined;
  }

  async #accept(transaction: Queryable, invitation: OpenInvitation, userId: string, client: Client): Promise<void> {
    const { id, tenant_id: tenantId, email, role } = invitation;
    await markAccepted(transaction, id);
    const actor = { tenantId, actor: `user:${userId}`, traceId: client.traceId, address: client.address };
    await this.#options.record(transaction, actor, 'invitation.accept', id, { email, role });
  }

  /**
   * Whoever else has been in an account whose address is not proven must not come along into another tenant: its owner chooses
   * a new password, and all that was there before is void.
   */
  async #takeOver(
    transaction: Queryable,
    { user, hash, isMailed }: { user: UserRow; hash: string; isMailed: boolean },
    client: Client,
  ): Promise<void> {
    const { proof } = this.#options.people;
    if (isMailed) await proof.prove(transaction, user, client, 'mail');
    else await proof.clear(transaction, user, client, 'invitation');
    await setPassword(transaction, user.id, hash);
  }
}

async function newPassword(person: { email: string; name?: string | undefined; password?: string | undefined }): Promise<string> {
  const missing = (['name', 'password'] as const).filter((field) => person[field] === undefined);
  if (missing.length > 0) {
    const message = 'is needed, unless you sign in first with an account that has this address and has proven it';
    throw invalidInput(missing.map((field) => ({ pointer: `/${field}`, code: 'required', message })));
  }
  requireGoodPassword(person.password as string, person);
  return hashPassword(person.password as string);
}
