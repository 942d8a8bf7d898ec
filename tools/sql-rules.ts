import { globSync, readFileSync } from 'node:fs';

// SQL stands in stores: this prints every other place, and fails.

const source = 'packages/automate/src';

/** Where SQL may stand beside `<noun>.store.ts`: `db` is made of it, and `testing` looks at whatever a test wants to see. */
const free = [/^db\//, /^testing\//, /\.store\.ts$/, /\.test\.ts$/, /test-support\.ts$/];

/** These hand on what somebody else has written. */
const adapters = ['governance/people/auth-database.ts'];

/** Still to be moved into stores. A file that is done has to go from this list. */
const remaining = [
  'engine/flow/rate-gate.ts',
  'governance/audit/verify.ts',
  'governance/people/first-owner.ts',
  'governance/tenants/acceptance.ts',
  'governance/tenants/granting.ts',
  'governance/tenants/invitations.ts',
  'governance/tenants/viewsets.ts',
  'server/health.ts',
];

const files = globSync('**/*.ts', { cwd: source }).map((path) => path.replaceAll('\\', '/'));
const strangers = files.filter((path) => !free.some((rule) => rule.test(path)) && !adapters.includes(path));
const found = new Map(strangers.map((path) => [path, linesWithSql(readFileSync(`${source}/${path}`, 'utf8'))]));

const problems = [
  ...strangers
    .filter((path) => !remaining.includes(path))
    .flatMap((path) => (found.get(path) ?? []).map((line) => `${source}/${path}:${line}: SQL belongs into a store`)),
  ...remaining
    .filter((path) => !found.get(path)?.length)
    .map((path) => `${path} holds no SQL any more: take it from \`remaining\``),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Numbers of the lines that send a statement. */
function linesWithSql(text: string): number[] {
  return text.split('\n').flatMap((line, index) => (/\.query[<(]/.test(line) ? index + 1 : []));
}
