// npm run chaos [-- --only NAME,NAME --seed NUMBER --kills NUMBER --database postgres|pglite]: a table for people on stderr, and one
// JSON object a figure on stdout. Ends with 1 when something did not hold.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { say } from '../bench/harness/figures.ts';
import { randomFrom } from '../packages/automate/e2e/support/generate.ts';
import setup from '../tools/vitest-global-setup.ts';
import { reportOutcome, type TableRow, tableOf } from './harness/report.ts';
import { brokenOff, type Outcome, type Scenario } from './harness/scenario.ts';
import { scenarios } from './scenarios/index.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seed: { type: 'string' }, kills: { type: 'string' }, database: { type: 'string' } },
});
const names = values.only?.split(',');
const unknown = names?.filter((name) => !scenarios.some((scenario) => scenario.name === name)) ?? [];
if (unknown.length > 0) {
  say(`There is no ${unknown.join(', ')}. There are: ${scenarios.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const seed = Number(values.seed ?? randomBytes(4).readUInt32BE());
say(`seed ${seed} (--seed ${seed} replays it)`);
const rows: TableRow[] = [];
const tearDown = await setup();
try {
  for (const scenario of scenarios.filter(({ name }) => names?.includes(name) ?? true)) {
    for (const kind of scenario.databases.filter((one) => values.database === undefined || values.database === one)) {
      say(`\n${scenario.name} on ${kind}: ${scenario.injects}`);
      const began = performance.now();
      const outcome = await runOne(scenario, kind);
      const row = { name: scenario.name, kind, outcome, seconds: (performance.now() - began) / 1_000 };
      rows.push(row);
      reportOutcome(row);
      for (const problem of outcome.problems) say(`  PROBLEM: ${problem}`);
      if (outcome.notRun) say(`  NOT RUN: ${outcome.notRun}`);
    }
  }
} finally {
  await tearDown();
}
say(`\nseed ${seed}\n${tableOf(rows)}`);
process.exit(rows.some(({ outcome }) => outcome.problems.length > 0) ? 1 : 0);

/** A scenario that cannot go on has failed too. */
async function runOne(scenario: Scenario, kind: TableRow['kind']): Promise<Outcome> {
  const kills = values.kills === undefined ? undefined : Number(values.kills);
  try {
    return await scenario.run({ kind, seed, random: randomFrom(seed), isShort: false, kills, say: (text) => say(`  ${text}`) });
  } catch (error) {
    return brokenOff(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
