import { globSync, readFileSync } from 'node:fs';

// SQL stands in stores, and names no table of a folder that has to be asked for it instead: this prints every other place, and fails.

const source = 'packages/automate/src';

/** Where SQL may stand beside `<noun>.store.ts`: `db` is made of it, and `testing` looks at whatever a test wants to see. */
const free = [/^db\//, /^testing\//, /\.store\.ts$/, /\.test\.ts$/, /test-support\.ts$/];

/** Who may name which tables. Whatever is not in it may be named by whoever can import its folder. */
const tables: readonly { readonly names: readonly string[]; readonly by: RegExp }[] = [
  // A feature enqueues, notifies and asks by what `jobs` exports.
  { names: ['jobs', 'job_queue', 'job_timers', 'job_slots', 'job_leases', 'workers', 'slots'], by: /^jobs\// },
  {
    names: [
      'event_keys',
      'event_waits',
      'events',
      'execution_keys',
      'execution_trees',
      'executions',
      'gathered_events',
      'gatherings',
      'outbox',
      'rate_starts',
      'signals',
      'start_rates',
      'step_runs',
      'sweeps',
      'trigger_subscriptions',
      'trigger_versions',
      'triggers',
      'verdicts',
      'workflow_versions',
      'workflows',
    ],
    by: /^(?!jobs\/|governance\/|outbound\/|api\/)/,
  },
];

const files = globSync('**/*.ts', { cwd: source }).map((path) => path.replaceAll('\\', '/'));
const strangers = files.filter((path) => !free.some((rule) => rule.test(path)));
const textOf = (path: string): string => readFileSync(`${source}/${path}`, 'utf8');

const problems = [
  ...strangers.flatMap((path) => linesWithSql(textOf(path)).map((line) => `${source}/${path}:${line}: SQL belongs into a store`)),
  ...files
    .filter((path) => !/^(db|testing)\/|\.test\.ts$|test-support\.ts$/.test(path))
    .flatMap((path) => foreignTables(path).map((name) => `${source}/${path}: the table ${name} is not its own`)),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Numbers of the lines that send a statement. */
function linesWithSql(text: string): number[] {
  return text.split('\n').flatMap((line, index) => (/\.query[<(]/.test(line) ? index + 1 : []));
}

/** Tables that a file names in a statement or a model, and may not. */
function foreignTables(path: string): string[] {
  const code = textOf(path)
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
  const named = [...code.matchAll(/(?:\b(?:from|join|update|into|using)\s+|\btable: ')(?:automate\.)?(\w+)/g)].map(
    ([, name]) => name,
  );
  return tables.filter(({ by }) => !by.test(path)).flatMap(({ names }) => names.filter((name) => named.includes(name)));
}
