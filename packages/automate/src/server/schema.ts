import { checkModelTables, type Db, type MigrationSource, migrate, pendingMigrations } from '../db/index.ts';
import { AppError, type Logger, type Model } from '../kernel/index.ts';

/** What the schema of the database has to be. */
export interface WantedSchema {
  readonly sources: readonly MigrationSource[];
  /** Whether to bring it there; else it is an error when it is not. */
  readonly migrates: boolean;
  /** Of others' tables, which have to be what the models say. */
  readonly models: readonly Model[];
}

/** @throws AppError `schema_outdated`, `model_mismatch` */
export async function prepareSchema(db: Db, logger: Logger, { sources, migrates, models }: WantedSchema): Promise<void> {
  if (migrates) await migrate(db, sources);
  else await requireCurrent(db, sources);
  for (const warning of await checkModelTables(db, models)) logger.warn(warning);
}

async function requireCurrent(db: Db, sources: readonly MigrationSource[]): Promise<void> {
  const pending = await pendingMigrations(db, sources);
  if (pending.length === 0) return;
  throw new AppError({
    status: 500,
    code: 'schema_outdated',
    title: 'Database schema is out of date',
    detail: `Not applied yet: ${pending.join(', ')}. Run \`automate migrate\` first, or start with --migrate.`,
  });
}
