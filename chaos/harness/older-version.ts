import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The product as it was before its newest migration. */
export interface OlderVersion {
  readonly revision: string;
  /** Its command line. */
  readonly program: string;
  /** Migrations that it does not know. */
  readonly missing: readonly string[];
  dispose(): void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const MIGRATIONS = 'packages/automate/src/db/migrations';
/** Nothing was published before it, so nothing older has to work beside it. */
const FIRST_KEPT = '0033_jobs_alone.sql';

/**
 * Takes out of the repository's history the code that lacks the fewest of today's migrations and has the others unchanged.
 * Undefined where there is no history, as in a shallow clone or an archive.
 */
export function olderVersion(): OlderVersion | undefined {
  const today = migrationsOf('HEAD');
  const changes = git('rev-list', '-n', '100', 'HEAD', '--', MIGRATIONS)?.split('\n').filter(Boolean) ?? [];
  const candidates = changes
    .flatMap((revision) => [revision, `${revision}^`])
    .map((revision) => ({ revision, known: migrationsOf(revision) }))
    .filter(({ known }) => known.some((file) => file.endsWith(` ${FIRST_KEPT}`)) && known.length < today.length)
    .filter(({ known }) => known.every((file) => today.includes(file)))
    .toSorted((left, right) => right.known.length - left.known.length);
  const [found] = candidates;
  if (!found) return undefined;
  const { revision, known } = found;
  const directory = mkdtempSync(join(tmpdir(), 'automate-older-'));
  const archive = execFileSync('git', ['-C', root, 'archive', revision, 'packages/automate', 'package.json'], {
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  // It runs with the packages of today: what it needs has not gone away in between.
  for (const folder of ['.', 'packages/automate']) {
    const modules = join(root, folder, 'node_modules');
    if (existsSync(modules)) symlinkSync(modules, join(directory, folder, 'node_modules'));
  }
  return {
    revision: git('rev-parse', '--short', revision)?.trim() ?? revision,
    program: join(directory, 'packages/automate/src/cli/main.ts'),
    missing: today.filter((file) => !known.includes(file)).map((file) => file.split(' ')[1] as string),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Hash and name of each, in order. */
function migrationsOf(revision: string): string[] {
  const listed = git('ls-tree', revision, `${MIGRATIONS}/`) ?? '';
  return [...listed.matchAll(/blob (\w+)\t.*\/(\S+\.sql)/g)].map(([, hash, name]) => `${hash} ${name}`);
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
