import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, invalidInput, newId, type Principal } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { SignedIn } from '../people/admission.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink } from '../people/links.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import type { People } from '../people/people.ts';
import { countMembers, findUser, insertMember } from '../people/person.store.ts';
import { LinkToken, Password, PersonName } from '../people/schemas.ts';
import type { Policies } from '../policy/policy.ts';
import type { RoleName } from '../roles/roles.ts';

export const InvitationAccept = z
  .strictObject({ token: LinkToken, name: PersonName.optional(), password: Password.optional() })
  .meta({ id: 'InvitationAccept' });

export interface Invitations {
  /** @returns the path that accepts it; whoever has it may come in once */
  create(actor: AuditActor, invitation: { email: string; role: RoleName; days: number }): Promise<{ id: string; link: string }>;
  revoke(actor: AuditActor, id: string): Promise<void>;
  /** @throws AppError `link_invalid`, `invalid_input`, `unauthenticated` for somebody known who is not signed in */
  accept(given: z.output<typeof InvitationAccept>, principal: Principal | null, client: Client): Promise<SignedIn>;
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

  return {
    async create(actor, { email, role, days }) {
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
          `insert into invitations (id, tenant_id, email, role, hash, invited_by, expires_at)
           values ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))`,
          [id, actor.tenantId, email, role, digest(token), actor.actor, days],
        );
        await record(transaction, actor, 'invitation.create', id, { after: { email, role, days } });
      });
      return { id, link: `${people.options.publicUrl()}/accept-invitation/#token=${token}` };
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
    async accept({ token, name, password }, principal, client) {
      await people.requireAttempts(client);
      const known = await findOpen(db, token);
      const user = await findUser(db, { email: known.email });
      if (user && principal?.userId !== user.id) {
        throw commonErrors.unauthenticated(`There is an account for ${known.email}: sign in with it, then accept again.`);
      }
      const hash = user ? undefined : await newPassword({ email: known.email, name, password });
      const userId = await db.transaction(async (transaction) => {
        const invitation = await findOpen(transaction, token);
        const { tenant_id: tenantId, email, role } = invitation;
        await requireRoom(transaction, tenantId);
        let id = user?.id;
        if (user) await insertMember(transaction, { id: newId(), tenantId, userId: user.id, role, email, name: user.name });
        else id = await people.createMember(transaction, { email, role, tenantId, name: name as string, hash: hash as string });
        await markAccepted(transaction, invitation, id as string, client);
        return id as string;
      });
      return people.admit(userId, client, 'invitation', known.tenant_id);
    },
    async acceptFor(transaction, { email, name }, client) {
      const { rows } = await transaction.query<Open>(
        `select id, tenant_id, email, role from invitations
         where email = $1 and accepted_at is null and revoked_at is null and expires_at > now() order by id desc limit 1 for update`,
        [email],
      );
      const [invitation] = rows;
      if (!invitation) return undefined;
      const { tenant_id: tenantId, role } = invitation;
      const userId = await people.createMember(transaction, { email, name, role, tenantId });
      await markAccepted(transaction, invitation, userId, client);
      return { userId, tenantId };
    },
  };
}

async function findOpen(db: Queryable, token: string): Promise<Open> {
  const { rows } = await db.query<Open>(
    `select id, tenant_id, email, role from invitations
     where hash = $1 and accepted_at is null and revoked_at is null and expires_at > now() for update`,
    [digest(token)],
  );
  if (!rows[0]) throw invalidLink();
  return rows[0];
}

async function newPassword(person: { email: string; name?: string | undefined; password?: string | undefined }): Promise<string> {
  const missing = (['name', 'password'] as const).filter((field) => person[field] === undefined);
  if (missing.length > 0) {
    throw invalidInput(
      missing.map((field) => ({ pointer: `/${field}`, code: 'required', message: 'is needed from somebody new' })),
    );
  }
  requireGoodPassword(person.password as string, person);
  return hashPassword(person.password as string);
}
