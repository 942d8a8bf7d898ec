import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../packages/automate/e2e/support/generate.ts';
import { sized } from '../packages/automate/e2e/support/lanes.ts';
import type { DatabaseKind } from '../packages/automate/src/testing/index.ts';
import type { Scenario } from './harness/scenario.ts';
import { scenario as sigterm } from './scenarios/sigterm.ts';
import { scenario as upgrade } from './scenarios/upgrade.ts';
import { scenario as workerDeath } from './scenarios/worker-death.ts';
import { scenario as zombie } from './scenarios/zombie.ts';

type Row = readonly [Scenario, DatabaseKind];

/** The short part of the fault suite: the same scenarios and the same judge as `npm run chaos`, with fewer faults. */
const rows: readonly Row[] = [
  [workerDeath, 'postgres'],
  [zombie, 'postgres'],
  ...sized<readonly Row[]>(
    [],
    [
      [workerDeath, 'pglite'],
      [sigterm, 'postgres'],
      [upgrade, 'postgres'],
    ],
  ),
];

describe('faults', () => {
  const seed = Number(process.env.AUTOMATE_TEST_SEED ?? randomBytes(4).readUInt32BE());
  const cases = rows.map(([scenario, kind]) => ({ scenario, kind, name: scenario.name, passes: scenario.passes }));

  it.each(cases)('$name on $kind: $passes', { timeout: 600_000 }, async ({ scenario, kind }) => {
    const said: string[] = [];
    const outcome = await scenario.run({ kind, seed, random: randomFrom(seed), isShort: true, say: (text) => said.push(text) });
    const { resumed: _, ...counts } = outcome;
    console.log(`${scenario.name} on ${kind}: seed ${seed} (AUTOMATE_TEST_SEED replays it) ${JSON.stringify(counts)}`);
    expect(outcome.notRun).toBeUndefined();
    expect(outcome.problems, said.join('\n')).toEqual([]);
    expect(outcome).toMatchObject({ lost: 0, reRun: 0 });
    expect(outcome.acknowledged).toBeGreaterThan(outcome.faults);
    expect(outcome.executions).toBeGreaterThan(0);
    expect(outcome.faults).toBeGreaterThan(0);
  });
});
