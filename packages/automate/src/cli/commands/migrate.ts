import { migrate, openDatabase, pendingMigrations } from '../../db/index.ts';
import { createLogger } from '../../kernel/index.ts';
import { type CommandInput, type Feature, orderFeatures } from '../../platform/index.ts';
import { migrationSourcesOf } from '../../server/index.ts';

/** Applies what is pending, or lists it. */
export async function migrateCommand({ options, core, print }: CommandInput, features: readonly Feature[]): Promise<void> {
  const sources = migrationSourcesOf(orderFeatures(features));
  const db = await openDatabase(core.database, createLogger({ level: core.logLevel }));
  try {
    const isAsked = options.status === true;
    const found = isAsked ? await pendingMigrations(db, sources) : await migrate(db, sources);
    const heading = isAsked ? 'Not applied yet' : 'Applied';
    const text =
      found.length === 0 ? 'The database is up to date.' : `${heading}:\n${found.map((name) => `  ${name}`).join('\n')}`;
    print(isAsked ? { pending: found } : { applied: found }, text);
  } finally {
    await db.close();
  }
}
