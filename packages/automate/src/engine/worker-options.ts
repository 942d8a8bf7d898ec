import type { Queryable } from '../db/index.ts';
import { requireTenant } from '../governance/index.ts';
import type { JobHandler } from '../jobs/index.ts';
import { AppError, type Settings } from '../kernel/index.ts';

/**
 * The kinds of jobs that a worker claims; undefined for all.
 * @throws AppError `invalid_settings` for one that nothing here can run
 */
export function kindsOf(
  { kinds }: Pick<Settings['worker'], 'kinds'>,
  handlers: readonly JobHandler[],
): readonly string[] | undefined {
  const known = handlers.map(({ kind }) => kind).sort();
  const unknown = kinds.filter((kind) => !known.includes(kind));
  if (unknown.length > 0)
    throw invalid(
      `AUTOMATE_WORKER_KINDS or --kinds names ${quoted(unknown)}, which is no kind of job here; known are ${known.join(', ')}`,
    );
  return kinds.length > 0 ? kinds : undefined;
}

/**
 * The lanes that a worker claims from, which are the tenants' ids; undefined for all.
 * @throws AppError `invalid_settings` for a tenant that is not there
 */
export async function lanesOf(
  { lanes }: Pick<Settings['worker'], 'lanes'>,
  db: Queryable,
): Promise<readonly string[] | undefined> {
  const found = await Promise.all(
    lanes.map((tenant) =>
      requireTenant(db, tenant).catch((error: unknown) => {
        if (!AppError.is(error) || error.code !== 'tenant_not_found') throw error;
        throw invalid(`AUTOMATE_WORKER_LANES or --lanes names ${quoted([tenant])}, which is no slug or id of a tenant`);
      }),
    ),
  );
  return found.length > 0 ? [...new Set(found)] : undefined;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function invalid(detail: string): AppError {
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
