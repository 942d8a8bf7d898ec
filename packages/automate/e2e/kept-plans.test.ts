import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Db, withSessions } from '../src/db/index.ts';
import { createTestDatabase, createTestServer, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { notesHost } from './fixtures/notes.ts';
import { eventually } from './support/executions.ts';
import { bothKinds } from './support/lanes.ts';
import { fillTenant } from './support/tenants.ts';
import { type WatchedStatements, watchStatements } from './support/watch-statements.ts';

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Names that statements have in the source: the argument behind their values. */
function namesInSource(): string[] {
  const root = fileURLToPath(new URL('../src/', import.meta.url));
  const names = globSync('**/*.store.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(root + file, 'utf8');
    return Array.from(
      text.matchAll(/^ {4,6}'([a-z]+(?:_[a-z]+)+)',?$|, '([a-z]+(?:_[a-z]+)+)'\);$/gm),
      ([, one, other]) => one ?? other,
    );
  });
  return [...new Set(names as string[])].sort();
}

// A prepared statement keeps its plan (PREPARE, notes): one that was made while a table was short reads all of it when it is long.
describe.each(bothKinds)('plans that are kept on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let watched: WatchedStatements;
  beforeAll(async () => {
    watched = watchStatements();
    database = await createTestDatabase(kind);
    const db = await database.open();
    await db.migrate(async (connection) => {
      const { rows } = await connection.query<{ name: string }>(
        `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
         where nspname = 'automate' and relkind = 'r'`,
      );
      // Of a table that is known to be empty nothing is as cheap as reading all of it.
      for (const { name } of rows) await connection.script(`vacuum (analyze) ${name}`);
    });
    await db.close();
    server = await createTestServer(kind, {
      ...notesHost,
      database,
      environment: { AUTOMATE_RETENTION_SWEEP_SECONDS: '1' },
    });
    const { key } = await fillTenant(server, 'alpha');
    // Somebody waits for it.
    await key.ask('POST', '/api/v1/events/', { event_type: 'alpha.never', payload: {} });
    await eventually(
      async () => watched.named,
      (named) => named.has('event_waits_page'),
    );
  }, 120_000);
  afterAll(async () => {
    vi.restoreAllMocks();
    await server?.close();
    await database?.dispose();
  });

  it('find by the index what an index finds', async () => {
    const { db } = server.automate;
    const byIndex = withSessions(db, { byIndex: true });
    const wrong: string[] = [];
    for (const [name, statement] of watched.named) {
      const [anyhow, found] = [await tablesRead(db, statement), await tablesRead(byIndex, statement)];
      const spared = anyhow.filter((table) => !found.includes(table));
      if (spared.length > 0 && watched.outside.has(name)) wrong.push(`${name} may keep a plan that reads all of ${spared}`);
    }
    expect(wrong).toEqual([]);
    // Else nothing would be proved.
    expect(namesInSource().length).toBeGreaterThan(20);
    const unseen = namesInSource().filter((name) => !watched.named.has(name));
    // The embedded database has the clock of its process.
    expect(unseen).toEqual(kind === 'pglite' ? ['clock_read'] : []);
  });

  it('of functions, which have any caller, carry the setting', async () => {
    const { rows } = await server.automate.db.query<{ name: string }>(
      `select proname as name from pg_proc join pg_namespace on pg_namespace.oid = pronamespace
       where nspname = 'automate' and 'enable_seqscan=off' = any(proconfig) order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['follow_job', 'follow_new_jobs', 'hold_session', 'is_enabled']);
  });
});

/** Tables that a statement reads from end to end, planned as it would be kept: for any values. */
async function tablesRead(db: Pick<Db, 'transaction'>, statement: string): Promise<string[]> {
  const parameters = Math.max(0, ...Array.from(statement.matchAll(/\$(\d+)/g), ([, place]) => Number(place)));
  const values = Array.from({ length: parameters }, () => null);
  const { rows } = await db.transaction((transaction) =>
    transaction.query<Explained>(`explain (generic_plan, format json) ${statement}`, values),
  );
  const nodesIn = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesIn)];
  const nodes = nodesIn(rows[0]?.['QUERY PLAN'][0].Plan as PlanNode);
  return nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] as string] : []));
}
