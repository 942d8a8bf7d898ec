import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Db, Queryable } from '../../db/index.ts';
import type { Audit, AuditActor, Policies, RoleName } from '../../governance/index.ts';
import { commonErrors, newId, type Principal } from '../../kernel/index.ts';
import { maximumMembers } from '../members/rules.ts';
import type { Client } from '../people/client.ts';
import { digest } from '../people/links.ts';
import { countMembers, hasMember } from '../people/member.store.ts';
import { findUser } from '../people/person.store.ts';
import type { SignedIn } from '../sign-in/admission.ts';
import type { People } from '../sign-in/people.ts';
import { Acceptance } from './acceptance.ts';
import { insertInvitation, revokeInvitation } from './invitation.store.ts';
import type { InvitationAccept } from './schemas.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly invitations: Invitations;
  }
}

export interface InvitationsOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly people: People;
  readonly policies: Policies;
}

/** Invitations into tenants, by links that hold 256 random bits; only their hash is kept. */
export class Invitations {
  readonly #options: InvitationsOptions;
  readonly #acceptance: Acceptance;

  constructor(options: InvitationsOptions) {
    this.#options = options;
    const { db, people } = options;
    this.#acceptance = new Acceptance({
      db,
      people,
      requireRoom: (transaction, tenantId) => this.#requireRoom(transaction, tenantId),
      record: (...entry) => this.#record(...entry),
    });
  }

  /**
   * Where mail is set up, the link is mailed and nobody else sees it: then it proves the address of who comes by it.
   * @returns the link that accepts it; whoever has it may come in once. Null when it is mailed.
   */
  async create(
    actor: AuditActor,
    { email, role, days }: { email: string; role: RoleName; days: number },
  ): Promise<{ readonly id: string; readonly link: string | null }> {
    const { mailer, publicUrl } = this.#options.people.options;
    const { tenantId } = actor;
    const isMailed = mailer.isSetUp;
    const [id, token] = [newId(), randomBytes(32).toString('base64url')];
    await this.#options.db.asTenant(tenantId, async (transaction) => {
      await this.#requireRoom(transaction, tenantId);
      if (await hasMember(transaction, tenantId, email)) throw commonErrors.already_exists(`${email} is a member already.`);
      const hash = digest(token);
      await insertInvitation(transaction, { id, tenantId, email, role, hash, invitedBy: actor.actor, days, isMailed });
      await this.#record(transaction, actor, 'invitation.create', id, { after: { email, role, days } });
    });
    const link = `${publicUrl()}/accept-invitation/#token=${token}`;
    if (!isMailed) return { id, link };
    const text = `You are invited to Automate. Accept within ${days} days:\n\n${link}\n`;
    mailer.send({ to: email, subject: 'You are invited', text });
    return { id, link: null };
  }

  async revoke(actor: AuditActor, id: string): Promise<void> {
    await this.#options.db.asTenant(actor.tenantId, async (transaction) => {
      if (await revokeInvitation(transaction, id)) await this.#record(transaction, actor, 'invitation.revoke', id);
    });
  }

  /**
   * Whoever is not signed in gives a name and a password, and is told only then that the address has an account.
   * @param session of the person who asks, if there is one
   * @throws AppError `link_invalid`, `invalid_input`, `unauthenticated` for somebody known who is not signed in
   */
  async accept(
    given: z.output<typeof InvitationAccept>,
    session: { readonly principal: Principal; readonly token: string } | undefined,
    client: Client,
  ): Promise<SignedIn> {
    const { db, people } = this.#options;
    await people.requireAttempts(client);
    const { email } = await this.#acceptance.find(db, given.token);
    const user = session && (await findUser(db, { id: session.principal.id }));
    const signedIn =
      session && user?.email === email
        ? await this.#acceptance.join(given, session, client)
        : await this.#acceptance.comeIn(given, email, client);
    await people.announce();
    return signedIn;
  }

  /** Makes a member of somebody new who is known to have an address, by the newest invitation of it; undefined when none is open. */
  acceptFor(
    transaction: Queryable,
    person: { email: string; name: string },
    client: Client,
  ): Promise<{ readonly userId: string; readonly tenantId: string } | undefined> {
    return this.#acceptance.acceptFor(transaction, person, client);
  }

  #requireRoom(transaction: Queryable, tenantId: string): Promise<void> {
    return this.#options.policies.requireRoom(transaction, tenantId, maximumMembers, countMembers);
  }

  #record(transaction: Queryable, actor: AuditActor, action: string, id: string, diff: object = {}): Promise<void> {
    return this.#options.audit.record(transaction, {
      ...actor,
      action,
      target: { type: 'invitation', id },
      diff: diff as Record<string, unknown>,
    });
  }
}
