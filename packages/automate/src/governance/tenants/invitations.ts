import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { badCredentials } from '../../api/index.ts';
import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, invalidInput, newId, type Principal } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { SignedIn } from '../people/admission.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink } from '../people/links.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import type { People } from '../people/people.ts';
import { countMembers, findUser, insertMember, lockUser, setPassword, type UserRow } from '../people/person.store.ts';
import { lockAddress } from '../people/proof.store.ts';
import { LinkToken, Password, PersonName } from '../people/schemas.ts';
import { removeSession } from '../people/session.store.ts';
import { storedToken } from '../people/session-token.ts';
import type { Policies } from '../policy/policy.ts';
import type { RoleName } from '../roles/roles.ts';

export const InvitationAccept = z
  .strictObject({ token: LinkToken, name: PersonName.optional(), password: Password.optional() })
  .meta({ id: 'InvitationAccept' });

export interface Invitations {
  /**
   * Where mail is set up, the link is mailed and nobody else sees it: then it proves the address of who comes by it.
   * @returns the link that accepts it; whoever has it may come in once. Null when it is mailed.
   */
  create(
    actor: AuditActor,
    invitation: { email: string; role: RoleName; days: number },
  ): Promise<{ readonly id: string; readonly link: string | null }>;
  revoke(actor: AuditActor, id: string): Promise<void>;
  /**
   * Whoever is not signed in gives a name and a password, and is told only then that the address has an account.
   * @param session of the person who asks, if there is one
   * @throws AppError `link_invalid`, `invalid_input`, `unauthenticated` for somebody known who is not signed in
   */
  accept(
    given: z.output<typeof InvitationAccept>,
    session: { readonly principal: Principal; readonly token: string } | undefined,
    client: Client,
  ): Promise<SignedIn>;
  /** Makes a member of somebody new who is known to have an address, by the newest invitation of it; undefined when none is open. */
  acceptFor(
    transaction: Queryable,
    person: { email: string; name: string },
    client: Client,
  ): Promise<{ readonly userId: string; readonly tenantId: string } | undefined>;
}

interface Open {
  readonly id: string;
  readonly tenant_id: string;
  readonly email: string;
  readonly role: RoleName;
  readonly is_mailed: boolean;
}

/** Invitations into tenants, by links that hold 256 random bits; only their hash is kept. */
export function createInvitations({
  db,
  audit,
  people,
  policies,
}: {
  db: Db;
  audit: Audit;
  people: People;
  policies: Policies;
}): Invitations {
  const requireRoom = (transaction: Queryable, tenantId: string) =>
    policies.requireRoom(transaction, tenantId, 'max_members', countMembers);
  const record = (transaction: Queryable, actor: AuditActor, action: string, id: string, diff = {}) =>
    audit.record(transaction, { ...actor, action, target: { type: 'invitation', id }, diff });

  async function markAccepted(transaction: Queryable, invitation: Open, userId: string, client: Client): Promise<void> {
    const { id, tenant_id: tenantId, email, role } = invitation;
    await transaction.query('update invitations set accepted_at = now() where id = $1', [id]);
    const actor = { tenantId, actor: `user:${userId}`, traceId: client.traceId, address: client.address };
    await record(transaction, actor, 'invitation.accept', id, { email, role });
  }

  /** Somebody whom the link lets in as the account that has its address, or as a new one. */
  async function comeIn(given: z.output<typeof InvitationAccept>, email: string, client: Client): Promise<string> {
    const hash = await newPassword({ ...given, email });
    return db.transaction(async (transaction) => {
      const invitation = await findOpen(transaction, given.token);
      const { tenant_id: tenantId, role, is_mailed: isMailed } = invitation;
      await requireRoom(transaction, tenantId);
      await lockAddress(transaction, email);
      const user = await lockUser(transaction, { email });
      let id = user?.id;
      if (user) {
        // Who has the mailbox takes an account that was made in its name; one that is proven has a password of its own.
        if (!isMailed || user.email_verified || user.disabled_at !== null)
          throw commonErrors.unauthenticated(`There is an account for ${email}: sign in with it, then accept again.`);
        await takeOver(transaction, { user, hash, isMailed }, client);
        await insertMember(transaction, { id: newId(), tenantId, userId: user.id, role, email, name: user.name });
      } else {
        const person = { email, role, tenantId, name: given.name as string, hash, isEmailVerified: isMailed };
        id = await people.createMember(transaction, person);
      }
      await markAccepted(transaction, invitation, id as string, client);
      return id as string;
    });
  }

  /** Somebody who is signed in. */
  async function join(
    { token, password }: z.output<typeof InvitationAccept>,
    session: { readonly principal: Principal; readonly token: string },
    client: Client,
  ): Promise<string> {
    const { id } = session.principal;
    const before = await findUser(db, { id });
    const hash =
      before?.email_verified === false ? await newPassword({ email: before.email, name: before.name, password }) : undefined;
    await db.transaction(async (transaction) => {
      const invitation = await findOpen(transaction, token);
      const { tenant_id: tenantId, role, email, is_mailed: isMailed } = invitation;
      await requireRoom(transaction, tenantId);
      const user = await lockUser(transaction, { id });
      // Known from memory, the session may have ended since: it must not live on as another one.
      const isCurrent = await removeSession(transaction, id, { token: storedToken(session.token) });
      if (!user || !isCurrent || user.email_verified !== before?.email_verified) throw badCredentials();
      if (hash !== undefined) await takeOver(transaction, { user, hash, isMailed }, client);
      await insertMember(transaction, { id: newId(), tenantId, userId: id, role, email, name: user.name });
      await markAccepted(transaction, invitation, id, client);
    });
    return id;
  }

  /**
   * Whoever else has been in an account whose address is not proven must not come along into another tenant: its owner chooses
   * a new password, and all that was there before is void.
   */
  async function takeOver(
    transaction: Queryable,
    { user, hash, isMailed }: { user: UserRow; hash: string; isMailed: boolean },
    client: Client,
  ): Promise<void> {
    if (isMailed) await people.proof.prove(transaction, user, client, 'mail');
    else await people.proof.clear(transaction, user, client, 'invitation');
    await setPassword(transaction, { id: newId(), userId: user.id, hash });
  }

  return {
    async create(actor, { email, role, days }) {
      const { mailer } = people.options;
      const isMailed = mailer.isSetUp;
      const [id, token] = [newId(), randomBytes(32).toString('base64url')];
      await db.asTenant(actor.tenantId, async (transaction) => {
        await requireRoom(transaction, actor.tenantId);
        const { rows } = await transaction.query('select 1 from members where tenant_id = $1 and email = $2', [
          actor.tenantId,
          email,
        ]);
        if (rows.length > 0) throw commonErrors.already_exists(`${email} is a member already.`);
        // A new invitation takes the place of one that is open.
        await transaction.query(
          'update invitations set revoked_at = now() where tenant_id = $1 and email = $2 and accepted_at is null and revoked_at is null',
          [actor.tenantId, email],
        );
        await transaction.query(
          `insert into invitations (id, tenant_id, email, role, hash, invited_by, expires_at, is_mailed)
           values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7), $8)`,
          [id, actor.tenantId, email, role, digest(token), actor.actor, days, isMailed],
        );
        await record(transaction, actor, 'invitation.create', id, { after: { email, role, days } });
      });
      const link = `${people.options.publicUrl()}/accept-invitation/#token=${token}`;
      if (!isMailed) return { id, link };
      const text = `You are invited to Automate. Accept within ${days} days:\n\n${link}\n`;
      mailer.send({ to: email, subject: 'You are invited', text });
      return { id, link: null };
    },
    async revoke(actor, id) {
      await db.asTenant(actor.tenantId, async (transaction) => {
        const { rowCount } = await transaction.query(
          'update invitations set revoked_at = now() where id = $1 and accepted_at is null and revoked_at is null',
          [id],
        );
        if (rowCount > 0) await record(transaction, actor, 'invitation.revoke', id);
      });
    },
    async accept(given, session, client) {
      await people.requireAttempts(client);
      const { email, tenant_id: tenantId } = await findOpen(db, given.token);
      const user = session && (await findUser(db, { id: session.principal.id }));
      const isSelf = user?.email === email;
      const userId = isSelf
        ? await join(given, session as NonNullable<typeof session>, client)
        : await comeIn(given, email, client);
      await people.announce();
      return people.admit(userId, client, 'invitation', { tenantId });
    },
    async acceptFor(transaction, { email, name }, client) {
      const { rows } = await transaction.query<Open>(
        `select id, tenant_id, email, role, is_mailed from invitations
         where email = $1 and accepted_at is null and revoked_at is null and expires_at > now() order by id desc limit 1 for update`,
        [email],
      );
      const [invitation] = rows;
      if (!invitation) return undefined;
      const { tenant_id: tenantId, role } = invitation;
      const userId = await people.createMember(transaction, { email, name, role, tenantId, isEmailVerified: true });
      await markAccepted(transaction, invitation, userId, client);
      return { userId, tenantId };
    },
  };
}

async function findOpen(db: Queryable, token: string): Promise<Open> {
  const { rows } = await db.query<Open>(
    `select id, tenant_id, email, role, is_mailed from invitations
     where hash = $1 and accepted_at is null and revoked_at is null and expires_at > now() for update`,
    [digest(token)],
  );
  if (!rows[0]) throw invalidLink();
  return rows[0];
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
