import { randomBytes } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Db, migrate, migrationsHash, openPglite, openPostgres } from '../db/index.ts';
import { createLogger } from '../kernel/index.ts';
import { builtInMigrations } from '../server/index.ts';

export type DatabaseKind = 'pglite' | 'postgres';

/**
 * Run every test of behaviour that touches the database on each: `describe.each(databaseKinds)(…)`. Both, unless
 * `AUTOMATE_TEST_KINDS` names one.
 */
export const databaseKinds: readonly DatabaseKind[] = (['pglite', 'postgres'] as const).filter((kind) =>
  (process.env.AUTOMATE_TEST_KINDS ?? kind).split(',').includes(kind),
);

/** Where migrated, empty databases stand ready to be copied. */
export interface Templates {
  readonly postgresUrl: string;
  readonly postgresTemplate: string;
  readonly pgliteDirectory: string;
}

/** How a process reaches a test database: pass `environment` to a child process, or open it here. */
export interface TestDatabase {
  readonly kind: DatabaseKind;
  readonly environment: { readonly DATABASE_URL?: string; readonly AUTOMATE_DATA_DIR: string };
  open(): Promise<Db>;
  /** Removes it. Whatever uses it must have stopped; PostgreSQL connections are cut. */
  dispose(): Promise<void>;
}

const logger = createLogger({ level: 'warn', name: 'automate.testing' });

/**
 * Makes one migrated database of each kind, once per test run.
 * @param options.cache a folder where the embedded one is kept for later runs, as long as the migrations stay the same and until the day is over
 */
export async function prepareTemplates(
  postgresUrl: string,
  { cache }: { cache?: string } = {},
): Promise<Templates & { dispose(): Promise<void> }> {
  const postgresTemplate = `automate_template_${randomBytes(4).toString('hex')}`;
  await administer(postgresUrl, `create database ${postgresTemplate}`);
  await migrateAndClose(openPostgres({ url: withDatabase(postgresUrl, postgresTemplate), poolSize: 3, logger }));
  const pgliteDirectory =
    cache === undefined ? await makePglite(mkdtempSync(join(tmpdir(), 'automate-pglite-'))) : await keptPglite(cache);
  return {
    postgresUrl,
    postgresTemplate,
    pgliteDirectory,
    async dispose() {
      await administer(postgresUrl, `drop database if exists ${postgresTemplate} with (force)`);
      if (cache === undefined) rmSync(pgliteDirectory, { recursive: true, force: true });
    },
  };
}

async function makePglite(parent: string): Promise<string> {
  const directory = join(parent, 'database');
  await migrateAndClose(await openPglite({ directory, logger }));
  // Every copy clears its memory at start, most of which no test ever uses.
  appendFileSync(join(directory, 'postgresql.conf'), '\nshared_buffers = 16MB\n');
  return parent;
}

/** To make one takes as long as twenty tests. Others may do the same meanwhile: whoever is first is kept. */
async function keptPglite(cache: string): Promise<string> {
  const day = new Date().toISOString().slice(0, 10);
  const kept = join(cache, `pglite-${day}-${migrationsHash(builtInMigrations).slice(0, 16)}`);
  if (existsSync(kept)) return kept;
  mkdirSync(cache, { recursive: true });
  const draft = await makePglite(mkdtempSync(join(cache, 'draft-')));
  try {
    renameSync(draft, kept);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  return kept;
}

/** A fresh, migrated database, copied from a template. Needs the global setup (`tools/vitest-global-setup.ts`). */
export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const templates = JSON.parse(process.env.AUTOMATE_TEST_DATABASES ?? 'null') as Templates | null;
  if (!templates) throw new Error('No test databases are prepared: run the tests with the global setup.');
  const directory = mkdtempSync(join(tmpdir(), 'automate-test-'));
  if (kind === 'pglite') {
    const target = join(directory, 'database');
    mkdirSync(target);
    cpSync(join(templates.pgliteDirectory, 'database'), target, { recursive: true });
    return {
      kind,
      environment: { AUTOMATE_DATA_DIR: directory },
      open: () => openPglite({ directory: target, logger }),
      dispose: async () => rmSync(directory, { recursive: true, force: true }),
    };
  }
  const name = `automate_test_${randomBytes(6).toString('hex')}`;
  // To copy files takes less than to copy pages one by one, and the log of them.
  await administer(templates.postgresUrl, `create database ${name} template ${templates.postgresTemplate} strategy file_copy`);
  const url = withDatabase(templates.postgresUrl, name);
  return {
    kind,
    environment: { DATABASE_URL: url, AUTOMATE_DATA_DIR: directory },
    open: async () => openPostgres({ url, poolSize: 8, logger }),
    async dispose() {
      await administer(templates.postgresUrl, `drop database if exists ${name} with (force)`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function migrateAndClose(db: Db): Promise<void> {
  await migrate(db, builtInMigrations);
  await db.close();
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return copy.href;
}
