import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../packages/automate/src/db/index.ts';
import { createLogger } from '../../packages/automate/src/kernel/index.ts';
import type { Templates, TestDatabase } from '../../packages/automate/src/testing/index.ts';

const logger = createLogger({ level: 'silent' });

/** A database on a server: what is in it is the caller's matter. */
export function databaseAt(url: string, dispose: () => Promise<void> = async () => undefined): TestDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'automate-chaos-'));
  return {
    kind: 'postgres',
    environment: { DATABASE_URL: url, AUTOMATE_DATA_DIR: directory },
    open: () => openDatabase({ kind: 'postgres', url, poolSize: 8 }, logger),
    async dispose() {
      await dispose();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An empty database on the server of the tests, without any schema. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { postgresUrl } = JSON.parse(process.env.AUTOMATE_TEST_DATABASES ?? '') as Templates;
  const name = `automate_chaos_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  await administer(postgresUrl, `create database ${name}`);
  return databaseAt(url.href, () => administer(postgresUrl, `drop database if exists ${name} with (force)`));
}

async function administer(url: string, statement: string): Promise<void> {
  const db = await openDatabase({ kind: 'postgres', url, poolSize: 3 }, logger);
  await db.migrate((connection) => connection.script(statement));
  await db.close();
}
