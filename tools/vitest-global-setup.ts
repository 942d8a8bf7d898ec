import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareTemplates } from '../packages/automate/src/testing/databases.ts';
import { startCluster } from './postgres-cluster.ts';

/** One PostgreSQL server and one migrated template of each kind for the whole run; tests copy the templates. */
export default async function setup(): Promise<() => Promise<void>> {
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url));
  const given = process.env.TEST_DATABASE_URL;
  const cluster = given ? undefined : await startCluster();
  const templates = await prepareTemplates(given ?? cluster?.url ?? '');
  process.env.AUTOMATE_TEST_DATABASES = JSON.stringify(templates);
  return async () => {
    await templates.dispose();
    await cluster?.stop();
    rmSync(templates.pgliteDirectory, { recursive: true, force: true });
  };
}
