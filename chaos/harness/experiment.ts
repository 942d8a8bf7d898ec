import { percentile } from '../../bench/harness/figures.ts';
import type { Db } from '../../packages/automate/src/db/index.ts';
import { createFaults, type Faults } from './faults.ts';
import { type Installation, type InstallOptions, install, LEASE_SECONDS } from './installation.ts';
import { auditProblems, type Evidence, judge } from './invariants.ts';
import type { Outcome, ScenarioOptions } from './scenario.ts';

/** What a scenario works with: an installation, and what it notes while it breaks things. */
export interface Experiment extends Installation {
  /** A connection of our own to the database; on PGlite there is none while a process has it. */
  readonly db: Db;
  readonly faults: Faults;
  /** Notes a problem unless something holds. */
  expect(holds: boolean, problem: string): void;
}

export interface Conclusion {
  readonly figures?: Readonly<Record<string, number>>;
  /** What to judge by, where it is not the usual graph. */
  readonly evidence?: Partial<Evidence>;
}

/** Runs a scenario, and judges what is left when all has come to rest. */
export async function experiment(
  options: ScenarioOptions & InstallOptions,
  work: (experiment: Experiment) => Promise<Conclusion>,
): Promise<Outcome> {
  const installation = await install(options.kind, options);
  const { database, fleet, ledger, sink } = installation;
  const isServer = options.kind === 'postgres';
  let db = isServer ? await database.open() : undefined;
  const faults = createFaults(db);
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => void (holds || problems.push(problem));
  try {
    // The database of an embedded installation belongs to its process.
    const { figures, evidence } = await work({ ...installation, faults, expect, db: db as Db });
    problems.push(...(await auditProblems(installation)), ...fleet.unexpectedExits());
    await fleet.stopAll();
    for (const level of ['warn', 'error'] as const)
      for (const [text, count] of fleet.messages(level)) options.say(`${level} ×${count}: ${text.slice(0, 200)}`);
    db ??= await database.open();
    const lapsed = new Set([...faults.lapsed, ...fleet.lapsedJobs()]);
    const verdict = await judge({
      db,
      ledger,
      lapsed,
      effects: sink.effects(),
      faults: faults.all,
      leaseSeconds: LEASE_SECONDS,
      ...evidence,
    });
    const p95 = percentile(faults.resumed, 0.95);
    // In the short part nothing is timed: what it runs beside may take any time.
    expect(options.isShort || !(p95 > LEASE_SECONDS * 1_000 + 5_000), `jobs resumed after ${p95} ms at p95`);
    return {
      ...verdict,
      faults: faults.all.length,
      resumed: faults.resumed,
      figures: { ...figures, lapsed_jobs: lapsed.size },
      problems: [...problems, ...verdict.problems],
    };
  } finally {
    await faults.close();
    await db?.close();
    await installation.close();
  }
}
