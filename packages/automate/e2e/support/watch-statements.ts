import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { vi } from 'vitest';

/** What was sent to the databases of this process. */
export interface WatchedStatements {
  /** Texts of prepared statements that ran, by their names. */
  readonly named: Map<string, string>;
  /** Those among them that ran where plans are not made by the index. */
  readonly outside: Set<string>;
}

/** Watches both drivers at the last place before the database, from now on until all mocks are restored. */
export function watchStatements(): WatchedStatements {
  const watched: WatchedStatements = { named: new Map(), outside: new Set() };
  const byIndex = new WeakMap<object, boolean>();
  const see = (session: object, text: string, name: string | undefined) => {
    if (/^begin\b/.test(text)) byIndex.set(session, text.includes('enable_seqscan = off'));
    else if (/^(commit|rollback)$/.test(text)) byIndex.set(session, false);
    if (name === undefined) return;
    watched.named.set(name, text);
    if (!byIndex.get(session)) watched.outside.add(name);
  };
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    const asked = given[0] as string | { text: string; name?: string };
    if (typeof asked === 'string') see(this, asked, undefined);
    else see(this, asked.text, asked.name);
    return query.apply(this, given);
  } as never);
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
    this: Worker,
    ...given: Parameters<Worker['postMessage']>
  ) {
    const { text, name } = given[0] as { text?: string; name?: string };
    if (text !== undefined) see(this, text, name);
    return post.apply(this, given);
  });
  return watched;
}
