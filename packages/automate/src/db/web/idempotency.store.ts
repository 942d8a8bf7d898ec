import { randomUUID } from 'node:crypto';
import { type IdempotencyStore, type IdempotentRequest, roomFor, type StoredReply, sizeOfReply } from '../../kernel/index.ts';
import type { Db, Queryable } from '../port/port.ts';

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
    const again = () => renew(db, request, ticket, lockSeconds).catch(() => undefined);
    renewals.set(ticket, setInterval(again, (lockSeconds * 1_000) / 3).unref());
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
      return { state: 'answered', reply: { status: row.status, headers: row.headers ?? {}, body: row.body } };
    },
    async answer(request, ticket, reply) {
      stopRenewing(ticket);
      await db.asTenant(request.tenantId, (connection) => store(connection, request, ticket, reply));
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

/** Removes the replies whose time is over, and counts what the others take. */
export async function removeExpiredReplies(db: Db): Promise<number> {
  const { rowCount } = await db.query('delete from idempotency_keys where expires_at < now()');
  await db.query(
    `with counted as (
       select tenant_id, sum(octet_length(body) + octet_length(headers::text)) as bytes from idempotency_keys where body is not null group by 1
     ), gone as (
       delete from kept_replies where not exists (select from counted where counted.tenant_id = kept_replies.tenant_id)
     )
     insert into kept_replies (tenant_id, bytes) select tenant_id, bytes from counted
     on conflict (tenant_id) do update set bytes = excluded.bytes`,
  );
  return rowCount;
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

/** Stores a reply, and counts what it takes; one that there is no room for is stored without its body. */
async function store(connection: Queryable, request: IdempotentRequest, ticket: string, reply: StoredReply): Promise<void> {
  const size = sizeOfReply(reply);
  await connection.query(
    `with room as (
       select coalesce((select bytes from kept_replies where tenant_id = $1), 0) + $8::int <= $9::int and $7::text is not null as is_there
     ), answered as (
       update idempotency_keys set ticket = null, locked_until = null, status = $5,
         headers = case when is_there then $6::jsonb else '{}' end, body = case when is_there then $7 end
       from room where tenant_id = $1 and principal_id = $2 and key = $3 and ticket = $4 returning is_there
     )
     insert into kept_replies as held (tenant_id, bytes) select $1, $8::int from answered where is_there
     on conflict (tenant_id) do update set bytes = held.bytes + excluded.bytes`,
    [...keyOf(request), ticket, reply.status, JSON.stringify(reply.headers), reply.body, size, roomFor(size)],
  );
}

/** Holds a key for longer, as long as it is held by this ticket. */
async function renew(db: Db, request: IdempotentRequest, ticket: string, lockSeconds: number): Promise<void> {
  await db.asTenant(request.tenantId, (connection) =>
    connection.query(
      `update idempotency_keys set locked_until = now() + $5 * interval '1 second'
       where tenant_id = $1 and principal_id = $2 and key = $3 and ticket = $4`,
      [...keyOf(request), ticket, lockSeconds],
    ),
  );
}

function keyOf({ tenantId, principalId, key }: IdempotentRequest): readonly unknown[] {
  return [tenantId, principalId, key];
}
