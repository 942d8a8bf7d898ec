import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, errorMessage } from '../../kernel/index.ts';
import type { Db, MigrationConnection } from '../port/port.ts';
import { changeSchema } from './change-schema.ts';
import { inMigrationTurn } from './migrate.ts';

/**
 * Applies the `.sql` files of a host's folder, in the order of their names, each once and in a transaction of its own.
 * Their tables go to the schema `public`; `select automate.protect('notes')` confines one to its tenants.
 * @returns the names of the files applied now
 * @throws AppError `schema_mismatch` when an applied file was edited; `migration_failed` naming the file
 * @example
 * await migrateHost(db, new URL('./migrations/', import.meta.url));
 */
export async function migrateHost(db: Db, folder: URL | string): Promise<string[]> {
  const files = read(folder);
  return inMigrationTurn(db, async (connection) => {
    const { rows } = await connection.query<{ name: string; checksum: string }>(
      'select name, checksum from automate.host_migrations',
    );
    const applied = new Map(rows.map((row) => [row.name, row.checksum]));
    const edited = files.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
    if (edited) {
      throw failed(
        'schema_mismatch',
        `Migration ${edited.name} was changed after it was applied: restore the file and add a new one.`,
      );
    }
    const pending = files.filter(({ name }) => !applied.has(name));
    for (const file of pending) await apply(connection, file);
    return pending.map(({ name }) => name);
  });
}

interface File {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

function read(folder: URL | string): File[] {
  const path = typeof folder === 'string' ? folder : fileURLToPath(folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(path, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function apply(connection: MigrationConnection, { name, sql, checksum }: File): Promise<void> {
  try {
    await changeSchema(connection, name, async () => {
      await connection.script(`set local search_path = public, automate; ${sql}`);
      await connection.query('insert into automate.host_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    });
  } catch (error) {
    throw failed('migration_failed', `Migration ${name} failed, and nothing of it was applied: ${errorMessage(error)}`, error);
  }
}

function failed(code: string, detail: string, cause?: unknown): AppError {
  return new AppError({ status: 500, code, title: 'Migration failed', detail, cause });
}
