import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { prepareTemplates } from '../packages/automate/src/testing/databases.ts';
import { startCluster } from './postgres-cluster.ts';
import { shortLived } from './short-lived.ts';
import { bundlePrograms } from './test-programs.ts';

/** The files of the server are gone after the run: nothing has to outlive a power cut, and no standby reads along. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'shared_buffers=64MB'].flatMap((flag) => ['-c', flag]);

/**
 * One PostgreSQL server, one migrated template of each kind, and the programs that tests start, for the whole run; tests copy the templates.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
  process.env.NODE_COMPILE_CACHE ??= join(cache, 'node-compile');
  for (const flag of shortLived) setFlagsFromString(flag);
  const given = process.env.TEST_DATABASE_URL;
  const cluster = given ? undefined : await startCluster({ flags: FORGETFUL });
  const templates = await prepareTemplates(given ?? cluster?.url ?? '', { cache: join(cache, 'test-databases') });
  process.env.AUTOMATE_TEST_DATABASES = JSON.stringify(templates);
  process.env.AUTOMATE_TEST_PROGRAMS = JSON.stringify(await bundlePrograms(join(cache, 'test-programs')));
  return async () => {
    await templates.dispose();
    await cluster?.stop();
  };
}
