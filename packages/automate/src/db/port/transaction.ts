import type { MigrationConnection, Queryable } from './port.ts';

/** Answers what it is sent in order, and need not be waited for in between. */
type Session = Pick<MigrationConnection, 'query' | 'script'>;

/**
 * Runs a transaction. Its beginning is on its way together with the first statement: a turn less of the event loop, and of the server.
 * It can only fail with the connection, and nothing of the work happens then.
 */
export async function runTransaction<T>(session: Session, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  const begun = session.script('begin');
  begun.catch(() => undefined); // the first statement fails too
  return finish(session, work);
}

/** Runs a transaction that is opened by a script: what it sets holds before anything else is sent. */
export async function runTransactionAfter<T>(
  session: Session,
  opening: string,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  await session.script(opening);
  return finish(session, work);
}

/** What the work still sends when its end is decided is refused: it would run outside of the transaction, and under another role. */
async function finish<T>(session: Session, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  let isOver = false;
  const transaction: Queryable = {
    query: async (text, values, name) => {
      if (isOver) throw new Error('The transaction has ended; wait for all of its statements before it does.');
      return session.query(text, values, name);
    },
  };
  try {
    const result = await work(transaction);
    isOver = true;
    await session.script('commit');
    return result;
  } catch (error) {
    isOver = true;
    await session.script('rollback').catch(() => undefined);
    throw error;
  }
}
