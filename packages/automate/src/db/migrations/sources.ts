import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of `.sql` files that are applied in the order of their names, each once. */
export interface MigrationSource {
  /** Whose they are: a feature, or `host`. Files of two sources may have one name. */
  readonly name: string;
  readonly directory: URL | string;
  /** Schema that its tables go to, made when absent; `automate` and `public` are found from there. Default: names are qualified in the files. */
  readonly schema?: string;
}

/** One file of a source. */
export interface Migration {
  readonly source: MigrationSource;
  /** Of the file, without `.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256, hex. */
  readonly checksum: string;
}

/** Whose the migrations were before each feature had its own. */
export const replacedSource = 'automate';

/** The migrations of a host: its tables go to the schema `public`, and `select automate.protect('notes')` confines one to its tenants. */
export function hostMigrations(directory: URL | string): MigrationSource {
  return { name: 'host', directory, schema: 'public' };
}

/** All files, those of earlier sources first. */
export function readMigrations(sources: readonly MigrationSource[]): Migration[] {
  const names = sources.map(({ name }) => name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) throw new TypeError(`Two sources of migrations are named "${doubled}".`);
  if (names.includes(replacedSource)) throw new TypeError(`No source of migrations can be named "${replacedSource}".`);
  return sources.flatMap(readSource);
}

/** Changes with any of the files. */
export function migrationsHash(sources: readonly MigrationSource[]): string {
  const hash = createHash('sha256');
  for (const migration of readMigrations(sources)) hash.update(`${labelOf(migration)} ${migration.checksum}\n`);
  return hash.digest('hex');
}

/** A migration as people are told of it. @example 'jobs/0001_baseline' */
export function labelOf({ source, name }: Pick<Migration, 'source' | 'name'>): string {
  return `${source.name}/${name}`;
}

function readSource(source: MigrationSource): Migration[] {
  const path = typeof source.directory === 'string' ? source.directory : fileURLToPath(source.directory);
  return readdirSync(path)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const sql = readFileSync(join(path, file), 'utf8');
      return { source, name: file.slice(0, -4), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}
