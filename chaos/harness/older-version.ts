import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The product as it was, on a schema that today's can go on from. */
export interface OlderVersion {
  readonly revision: string;
  /** Its command line. */
  readonly program: string;
  /** What today's has beyond it, as in `engine/0004_name`. */
  readonly missing: readonly string[];
  dispose(): void;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = 'packages/automate/src';
/** The last migration before each feature had a baseline: a database that has it is adopted. Nothing older was published. */
const LAST_OF_CHAIN = 'db/0033_jobs_alone';

interface Candidate {
  readonly revision: string;
  /** Hashes of migrations by their names. */
  readonly known: ReadonlyMap<string, string>;
}

/**
 * Takes out of the repository's history the newest code that today's can follow: its migrations are today's without the last of them, or
 * else the chain that the baselines have replaced. Undefined where there is no history, as in a shallow clone or an archive.
 */
export function olderVersion(): OlderVersion | undefined {
  const today = migrationsOf('HEAD');
  const changes = git('rev-list', '-n', '100', 'HEAD', '--', `:(glob)${SOURCES}/**/migrations/*.sql`)
    ?.split('\n')
    .filter(Boolean);
  const candidates = (changes ?? [])
    .flatMap((revision) => [revision, `${revision}^`])
    .map((revision): Candidate => ({ revision, known: migrationsOf(revision) }));
  const fewerMissing = (left: Candidate, right: Candidate) => right.known.size - left.known.size;
  const found =
    candidates.filter(({ known }) => isPartOf(known, today)).toSorted(fewerMissing)[0] ??
    candidates.find(({ known }) => [...known.keys()].at(-1) === LAST_OF_CHAIN);
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
    missing: [...today.keys()].filter((name) => !known.has(name)),
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Those of a revision by feature and name, in order. */
function migrationsOf(revision: string): ReadonlyMap<string, string> {
  const listed = git('ls-tree', '-r', revision, `${SOURCES}/`) ?? '';
  const files = listed.matchAll(/blob (\w+)\t.*?src\/(\S+)\/migrations\/(\S+)\.sql$/gm);
  return new Map([...files].map(([, hash = '', feature, name]) => [`${feature}/${name}`, hash]));
}

/** Whether a database that has these lacks some of today's, and has the others unchanged. */
function isPartOf(known: ReadonlyMap<string, string>, today: ReadonlyMap<string, string>): boolean {
  return known.size > 0 && known.size < today.size && [...known].every(([name, hash]) => today.get(name) === hash);
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}
