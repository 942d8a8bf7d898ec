import { migrate, openDatabase, pendingMigrations } from '../../db/index.ts';
import { createLogger, loadSettings } from '../../kernel/index.ts';
import { builtInMigrations } from '../../server/index.ts';

/** Applies what is pending, or lists it. */
export async function migrateCommand(options: { status?: boolean; json?: boolean }): Promise<void> {
  const settings = loadSettings();
  const db = await openDatabase(settings.database, createLogger({ level: settings.logLevel }));
  try {
    if (options.status) {
      const pending = await pendingMigrations(db, builtInMigrations);
      print(
        options,
        { pending },
        pending.length === 0
          ? 'The database is up to date.'
          : `Not applied yet:\n${pending.map((name) => `  ${name}`).join('\n')}`,
      );
      return;
    }
    const applied = await migrate(db, builtInMigrations);
    print(
      options,
      { applied },
      applied.length === 0 ? 'The database is up to date.' : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`,
    );
  } finally {
    await db.close();
  }
}

function print(options: { json?: boolean }, value: object, text: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(value) : text}\n`);
}
