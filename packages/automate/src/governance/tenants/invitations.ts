import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Db, Queryable } from '../../db/index.ts';
import { commonErrors, newId, type Principal } from '../../kernel/index.ts';
import type { Audit, AuditActor } from '../audit/audit.ts';
import type { SignedIn } from '../people/admission.ts';
import type { Client } from '../people/client.ts';
import { digest } from '../people/links.ts';
import type { People } from '../people/people.ts';
import { countMembers, findUser } from '../people/person.store.ts';
import type { Policies } from '../policy/policies.ts';
import type { RoleName } from '../roles/role-declaration.ts';
import { createAcceptance } from './acceptance.ts';
import { maximumMembers } from './rules.ts';
import type { InvitationAccept } from './schemas.ts';

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
    policies.requireRoom(transaction, tenantId, maximumMembers, countMembers);
  const record = (transaction: Queryable, actor: AuditActor, action: string, id: string, diff = {}) =>
    audit.record(transaction, { ...actor, action, target: { type: 'invitation', id }, diff });

  const acceptance = createAcceptance({ db, people, requireRoom, record });

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
      const { email } = await acceptance.find(db, given.token);
      const user = session && (await findUser(db, { id: session.principal.id }));
      const isSelf = user?.email === email;
      const signedIn = isSelf
        ? await acceptance.join(given, session as NonNullable<typeof session>, client)
        : await acceptance.comeIn(given, email, client);
      await people.announce();
      return signedIn;
    },
    acceptFor: acceptance.acceptFor,
  };
}
