export { isBadStatement, isTransient, isUnavailable, isUniqueViolation, QueryError } from './errors.ts';
export { createIdempotencyStore, removeExpiredReplies } from './idempotency-store.ts';
export { migrate, pendingMigrations } from './migrate.ts';
export { openDatabase } from './open.ts';
export { openPglite } from './pglite/pglite.ts';
export type { Db, Queryable, QueryResult } from './port.ts';
export { openPostgres } from './postgres.ts';
export { createRepository } from './repository.ts';
export { createThrottleStore } from './throttle-store.ts';
