import { randomUUID } from 'node:crypto';
import type { IdempotencyStore, IdempotentRequest, StoredReply } from '../kernel/index.ts';
import type { Db, Queryable } from './port.ts';

interface KeyRow {
  readonly same: boolean;
  readonly ticket: string | null;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
}

const LOCK_SECONDS = 60;

/**
 * Replies by `Idempotency-Key`, in the database, so that a repeat may reach any process.
 * @example
 * createApi({ router, services: { models: createRepository(db), idempotency: createIdempotencyStore(db) } });
 * @param options.lockSeconds how long the key of a dead process stays taken; renewed while the process lives
 */
export function createIdempotencyStore(db: Db, { lockSeconds = LOCK_SECONDS }: { lockSeconds?: number } = {}): IdempotencyStore {
  const renewals = new Map<string, NodeJS.Timeout>();

  /** While the request runs its key stays taken, however long that is. */
  function keepLocked(request: IdempotentRequest, ticket: string): void {
    const renew = () =>
      own(db, request, ticket, `set locked_until = now() + $5 * interval '1 second'`, [lockSeconds]).catch(() => undefined);
    renewals.set(ticket, setInterval(renew, (lockSeconds * 1_000) / 3).unref());
  }

  function stopRenewing(ticket: string): void {
    clearInterval(renewals.get(ticket));
    renewals.delete(ticket);
  }

  return {
    async claim(request) {
      const ticket = randomUUID();
      const row = await db.asTenant(request.tenantId, (connection) => take(connection, request, { ticket, lockSeconds }));
      if (row.ticket === ticket) {
        keepLocked(request, ticket);
        return { state: 'claimed', ticket };
      }
      if (!row.same) return { state: 'mismatch' };
      if (row.status === null) return { state: 'running' };
      return { state: 'answered', reply: { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' } };
    },
    async answer(request, ticket, { status, headers, body }: StoredReply) {
      stopRenewing(ticket);
      await own(db, request, ticket, 'set ticket = null, locked_until = null, status = $5, headers = $6, body = $7', [
        status,
        JSON.stringify(headers),
        body,
      ]);
    },
    async release(request, ticket) {
      stopRenewing(ticket);
      await db.asTenant(request.tenantId, (connection) =>
        connection.query('delete from idempotency_keys where tenant_id = $1 and principal_id = $2 and key = $3 and ticket = $4', [
          ...keyOf(request),
          ticket,
        ]),
      );
    },
  };
}

/** Removes the replies whose time is over. */
export async function removeExpiredReplies(db: Db): Promise<number> {
  return (await db.query('delete from idempotency_keys where expires_at < now()')).rowCount;
}

/** Takes a key that is new, expired, or whose holder died; else tells what it holds. */
async function take(
  connection: Queryable,
  request: IdempotentRequest,
  { ticket, lockSeconds }: { ticket: string; lockSeconds: number },
): Promise<KeyRow> {
  const isFree = `held.expires_at < now() or (held.status is null and held.locked_until < now() and held.fingerprint = excluded.fingerprint)`;
  const fingerprint = Buffer.from(request.fingerprint, 'base64url');
  const { rows: taken } = await connection.query<KeyRow>(
    `insert into idempotency_keys as held (tenant_id, principal_id, key, fingerprint, ticket, locked_until, expires_at)
     values ($1, $2, $3, $4, $5, now() + $6 * interval '1 second', now() + interval '24 hours')
     on conflict (tenant_id, principal_id, key) do update set
       fingerprint = excluded.fingerprint, ticket = excluded.ticket, locked_until = excluded.locked_until,
       status = null, headers = null, body = null, expires_at = excluded.expires_at
     where ${isFree}
     returning true as same, ticket, status, headers, body`,
    [...keyOf(request), fingerprint, ticket, lockSeconds],
  );
  if (taken[0]) return taken[0];
  const { rows: held } = await connection.query<KeyRow>(
    `select fingerprint = $4 as same, ticket, status, headers, body from idempotency_keys
     where tenant_id = $1 and principal_id = $2 and key = $3`,
    [...keyOf(request), fingerprint],
  );
  // Given back this very moment: the client may try again at once.
  return held[0] ?? { same: true, ticket: null, status: null, headers: null, body: null };
}

async function own(
  db: Db,
  request: IdempotentRequest,
  ticket: string,
  change: string,
  values: readonly unknown[],
): Promise<void> {
  await db.asTenant(request.tenantId, (connection) =>
    connection.query(
      `update idempotency_keys ${change} where tenant_id = $1 and principal_id = $2 and key = $3 and ticket = $4`,
      [...keyOf(request), ticket, ...values],
    ),
  );
}

function keyOf({ tenantId, principalId, key }: IdempotentRequest): readonly unknown[] {
  return [tenantId, principalId, key];
}
