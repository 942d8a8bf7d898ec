import { type MigrationConnection, type QueryResult, roles, type SessionOptions, type Sessions } from './port.ts';
import { retryTransient } from './retry.ts';
import { runTransaction, runTransactionAfter } from './transaction.ts';

/** Gives a session to work that has it alone until it is done. */
export type WithSession = <T>(work: (session: MigrationConnection) => Promise<T>) => Promise<T>;

/** Statements and transactions, each in a session of its own for as long as it takes. */
export function sessionsOver(withSession: WithSession, { byIndex = false }: SessionOptions): Sessions {
  const begin = byIndex ? `begin; ${BY_INDEX}` : 'begin';
  return {
    query: <Row>(text: string, values?: readonly unknown[], name?: string) =>
      retryTransient(() =>
        withSession((session) =>
          byIndex && name !== undefined
            ? queryWithin<Row>(session, begin, { text, values, name })
            : session.query<Row>(text, values, name),
        ),
      ),
    transaction: (work) => withSession((session) => runTransaction(session, begin, work)),
    asTenant: async (tenantId, work) => {
      const opening = `${begin}; ${asTenant(tenantId)}`;
      return withSession((session) => runTransactionAfter(session, opening, work));
    },
  };
}

/** Holds until the transaction ends, and costs no turn of its own: it goes along with the beginning. */
const BY_INDEX = 'set local enable_seqscan = off';

/** Confines a transaction to one tenant until it ends. The id is checked to be a UUID first, since `set` takes no parameters. */
function asTenant(tenantId: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(tenantId)) throw new TypeError('tenantId must be a UUID');
  return `set local role ${roles.tenant}; set local automate.tenant_id = '${tenantId}'`;
}

/** Runs one statement in a transaction: all of it is on its way before anything is waited for, so that it takes as many turns as without. */
async function queryWithin<Row>(
  session: MigrationConnection,
  begin: string,
  statement: { text: string; values: readonly unknown[] | undefined; name: string },
): Promise<QueryResult<Row>> {
  const { text, values, name } = statement;
  const [begun, asked, ended] = await Promise.allSettled([
    session.script(begin),
    session.query<Row>(text, values, name),
    session.script('commit'),
  ]);
  for (const part of [asked, begun, ended]) if (part.status === 'rejected') throw part.reason;
  return (asked as PromiseFulfilledResult<QueryResult<Row>>).value;
}
