import { type Automate, createAutomate } from 'automate';
import type { StepType } from 'automate/engine';

/** The API key of every product process of a benchmark. */
export const TOKEN = 'bench-token-bench-token-bench-token';

/** Where a product process finds its database, as environment variables. */
export function productEnvironment(database: { url: string } | { directory: string }): Record<string, string> {
  return {
    ...('url' in database ? { DATABASE_URL: database.url } : { DATABASE_URL: '', AUTOMATE_DATA_DIR: database.directory }),
    AUTOMATE_SECRET_KEY: 'a-key-that-only-benchmarks-use-0123456789',
    AUTOMATE_BOOTSTRAP_TOKEN: TOKEN,
    AUTOMATE_SAMPLE: 'false',
    AUTOMATE_LOG_LEVEL: 'warn',
    PORT: '0',
  };
}

/** The whole product in this process, as its environment says, with its schema in place. */
export async function openProduct(options: {
  hasWorker: boolean;
  steps?: readonly StepType[];
}): Promise<{ automate: Automate; tenantId: string }> {
  const automate = await createAutomate({ ...options, migrates: true, hasLocalKey: false });
  await automate.ready();
  const { rows } = await automate.db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
  return { automate, tenantId: rows[0]?.id ?? '' };
}
