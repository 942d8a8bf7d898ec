import { commonErrors } from '../../kernel/index.ts';
import { type Queryable, roles } from './port.ts';

/** A transaction of the host: our `Queryable`, a `Client` or `PoolClient` of `pg`, or whatever answers like them. */
export interface HostTransaction {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/**
 * Does something as the role of the product in a transaction of somebody else, whatever role and search path it has, and
 * gives it back as it was.
 * @throws AppError `forbidden` when its login may not act as our role; the transaction is still good then
 */
export async function asSystem<T>(host: HostTransaction, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  const transaction = adapt(host);
  const { rows } = await transaction.query<{ role: string; login: string; may_switch: boolean }>(
    `select current_setting('role') as role, session_user::text as login,
       pg_has_role(session_user, '${roles.system}', 'MEMBER') as may_switch`,
  );
  const before = rows[0];
  if (!before || before.role === roles.system) return work(transaction);
  if (!before.may_switch) {
    throw commonErrors.forbidden(
      `The database role "${before.login}" cannot act for Automate: run \`grant ${roles.system} to "${before.login}"\` once.`,
    );
  }
  await setRole(transaction, roles.system);
  const result = await work(transaction).catch(async (error: unknown) => {
    // Refused by a statement, the transaction is lost and takes the role with it; refused by us, it goes on.
    await setRole(transaction, before.role).catch(() => undefined);
    throw error;
  });
  await setRole(transaction, before.role);
  return result;
}

async function setRole(transaction: Queryable, role: string): Promise<void> {
  await transaction.query(`select set_config('role', $1, true)`, [role]);
}

/** What others take as third argument is not the name of a statement. */
function adapt(host: HostTransaction): Queryable {
  return {
    async query<Row>(text: string, values: readonly unknown[] = []) {
      const answer = (await host.query(text, [...values])) as Row[] | { rows: Row[] };
      const rows = Array.isArray(answer) ? answer : answer.rows;
      return { rows, rowCount: rows.length };
    },
  };
}
