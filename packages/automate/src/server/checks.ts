import { existsSync } from 'node:fs';
import { openDatabase, pendingMigrations, ping } from '../db/index.ts';
import { AppError, createLogger, errorMessage } from '../kernel/index.ts';
import type { CheckDeclaration } from '../platform/index.ts';

declare module '../api/index.ts' {
  interface AppServices {
    /** What the process is doing: `starting` and `stopping` are not ready. */
    readonly phase: () => 'starting' | 'ready' | 'stopping';
  }
}

export const nodeCheck: CheckDeclaration = {
  name: 'node',
  doctor() {
    const isNew = Number(process.versions.node.split('.')[0]) >= 24;
    return { ok: isNew, detail: isNew ? process.version : `${process.version}: 24 or newer is needed` };
  },
};

export const serverCheck: CheckDeclaration = {
  name: 'server',
  ready({ phase }) {
    return { ok: phase() === 'ready', detail: phase() };
  },
  async doctor({ core, call }) {
    try {
      await call('/health/ready/');
      await call('/api/v1/executions/?limit=1');
      return { ok: true, detail: `ready at ${core.client.url}, and the key is accepted` };
    } catch (error) {
      // No server is a state, not a fault: `doctor` is also run before the first start.
      return { ok: AppError.is(error) && error.cause !== undefined, detail: errorMessage(error) };
    }
  },
};

export const databaseCheck: CheckDeclaration = {
  name: 'database',
  async ready({ database }) {
    try {
      await ping(database);
      return { ok: true, detail: database.driver };
    } catch {
      return { ok: false, detail: 'the database does not answer' };
    }
  },
  async doctor({ core: { database }, migrations, isServed }) {
    // The embedded database belongs to the server while one runs.
    if (database.kind === 'embedded' && isServed) return undefined;
    if (database.kind === 'embedded' && !existsSync(database.directory))
      return { ok: true, detail: 'not there yet; the first start makes it' };
    const db = await openDatabase(database, createLogger({ level: 'silent' }));
    try {
      const pending = await pendingMigrations(db, migrations);
      const detail =
        pending.length === 0
          ? 'reachable, schema up to date'
          : `reachable; \`automate migrate\` will apply ${pending.join(', ')}`;
      return { ok: true, detail };
    } finally {
      await db.close();
    }
  },
};
