import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { TestProject } from 'vitest/node';
import { prepareTemplates } from '../packages/automate/src/testing/databases.ts';
import { startCluster } from './postgres-cluster.ts';
import { shortLived } from './short-lived.ts';
import { bundlePrograms } from './test-programs.ts';

/** The files of the server are gone after the run: nothing has to outlive a power cut, and no standby reads along. */
const FORGETFUL = ['fsync=off', 'full_page_writes=off', 'wal_level=minimal', 'max_wal_senders=0', 'shared_buffers=64MB'];
const DAY_MS = 86_400_000;

/**
 * One PostgreSQL server, one migrated template of each kind, the programs that tests start and the web app, for the whole run; tests copy the templates.
 */
export default async function setup(project?: Pick<TestProject, 'onTestsRerun'>): Promise<() => Promise<void>> {
  const build = fileURLToPath(new URL('./build-studio.mjs', import.meta.url));
  if (spawnSync(process.execPath, [build], { stdio: 'inherit' }).status !== 0) throw new Error('The Studio cannot be built.');
  const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
  const [databases, programs] = [join(cache, 'test-databases'), join(cache, 'test-programs')];
  process.env.NODE_COMPILE_CACHE ??= join(cache, 'node-compile');
  for (const folder of [databases, programs]) removeOld(folder);
  for (const flag of shortLived) setFlagsFromString(flag);
  const given = process.env.TEST_DATABASE_URL;
  const cluster = given ? undefined : await startCluster({ flags: FORGETFUL.flatMap((flag) => ['-c', flag]) });
  const templates = await prepareTemplates(given ?? cluster?.url ?? '', { cache: databases });
  process.env.AUTOMATE_TEST_DATABASES = JSON.stringify(templates);
  const bundle = async () => {
    process.env.AUTOMATE_TEST_PROGRAMS = JSON.stringify(await bundlePrograms(programs));
  };
  await bundle();
  project?.onTestsRerun(bundle);
  return async () => {
    await templates.dispose();
    await cluster?.stop();
  };
}

/** What was kept for earlier code; a run that is under way does not take so long. */
function removeOld(folder: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return; // nothing was kept yet
  }
  for (const path of names.map((name) => join(folder, name)))
    if (Date.now() - statSync(path).mtimeMs > 2 * DAY_MS) rmSync(path, { recursive: true, force: true });
}
