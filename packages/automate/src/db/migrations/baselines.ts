import { AppError } from '../../kernel/index.ts';
import type { Ledger } from './ledger.store.ts';
import { labelOf, type Migration, replacedSource } from './sources.ts';

/** Of the one chain of migrations that the baselines have replaced: how many they were, and the last. */
const LENGTH = 32;
const LAST = '0033_jobs_alone';
/** What stands in a database that has the whole of it. */
const BASELINES: readonly string[] = [
  'db/0001_baseline',
  'jobs/0001_baseline',
  'governance/0001_baseline',
  'accounts/0001_baseline',
  'engine/0001_baseline',
  'engine/0002_flow_control',
  'engine/0003_history',
];

/**
 * The baselines that a database has under the names of the old chain, so that they are recorded and not run; none where there is no such chain.
 * @throws AppError `schema_too_old` when it has a part of the chain: no baseline begins there
 */
export function adoptedBaselines(shipped: readonly Migration[], ledger: Ledger): Migration[] {
  const baselines = shipped.filter((migration) => BASELINES.includes(labelOf(migration)));
  const chain = [...(ledger.get(replacedSource)?.keys() ?? [])].toSorted();
  if (chain.length === 0 || baselines.length === 0) return [];
  if (chain.length !== LENGTH || chain.at(-1) !== LAST) throw tooOld(chain.at(-1) as string);
  return baselines;
}

function tooOld(last: string): AppError {
  return new AppError({
    status: 500,
    code: 'schema_too_old',
    title: 'Database schema is too old',
    detail:
      `The newest migration of this database is ${replacedSource}/${last}, which this version has no way on from. Migrate it first with ` +
      `a version whose newest migration is ${replacedSource}/${LAST}, and then with this one.`,
  });
}
