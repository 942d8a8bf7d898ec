import { checkModelTables, type Db, migrate, migrateHost, pendingMigrations } from '../db/index.ts';
import { AppError, type Logger, type Model } from '../kernel/index.ts';

/** What the schema of the database has to be. */
export interface WantedSchema {
  /** Whether to bring it there; else it is an error when it is not. */
  readonly migrates: boolean;
  readonly hostMigrations: URL | string | undefined;
  readonly models: readonly Model[];
}

/** @throws AppError `schema_outdated`, `model_mismatch` */
export async function prepareSchema(db: Db, logger: Logger, { migrates, hostMigrations, models }: WantedSchema): Promise<void> {
  if (migrates) await migrate(db);
  else await requireCurrent(db);
  if (migrates && hostMigrations) await migrateHost(db, hostMigrations);
  for (const warning of await checkModelTables(db, models)) logger.warn(warning);
}

async function requireCurrent(db: Db): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new AppError({
    status: 500,
    code: 'schema_outdated',
    title: 'Database schema is out of date',
    detail: `Not applied yet: ${pending.join(', ')}. Run \`automate migrate\` first, or start with --migrate.`,
  });
}
