import { type Queryable, sqlIn } from '../../db/index.ts';
import { openSteps } from '../records/status.ts';

/** Items of a loop that have not succeeded. */
export interface ForgottenItems {
  readonly executionId: string;
  /** Before the ids of the steps in the loop. */
  readonly prefix: string;
  readonly iterations: readonly number[];
}

/**
 * The iteration of a loop that a step in it lies in: its own, or that in the path of a loop within.
 * @param length SQL for how long the paths of the loop's steps are before their ids
 */
export const itemAt = (length: string): string =>
  `case when strpos(substr(node_path, ${length} + 1), '/') = 0 then iteration
    else split_part(split_part(substr(node_path, ${length} + 1), '/', 1), ':', 2)::int end`;

/** Whether a step lies below a prefix, in one of these iterations of the loop. */
const IS_WITHIN = `starts_with(node_path, prefix) and ${itemAt('length(prefix)')} = any(iterations)`;

/** Whether a step is to run again: it has not succeeded, nor has its failure led on. A branch was lost in vain where all were. */
const RUNS_AGAIN = `(status ${sqlIn([...openSteps, 'cancelled', 'skipped'])} or status = 'failed' and (route is null
  or route = '#lost' and exists (select from step_runs as join_step where join_step.execution_id = step.execution_id
    and join_step.iteration = step.iteration and join_step.status = 'failed' and join_step.error ->> 'code' = 'all_branches_failed'
    and regexp_replace(join_step.node_path, '[^/]*$', '') = regexp_replace(step.node_path, '[^/]*$', ''))))`;

/**
 * Takes back what has not succeeded in items of loops: their steps run again. Loops within that had begun go on where they are,
 * and what was done keeps its outcome, so that nothing of it is done twice or cannot be undone.
 */
export async function forgetUnfinished(transaction: Queryable, items: readonly ForgottenItems[]): Promise<void> {
  for (const { executionId, prefix, iterations } of items) {
    const values = [executionId, prefix, iterations];
    const { rows } = await transaction.query<{ node_path: string; iteration: number; is_loop: boolean }>(
      `select node_path, iteration, input is not null and exists (select from step_runs as inner_step
           where inner_step.execution_id = step.execution_id
             and starts_with(inner_step.node_path, concat(step.node_path, ':', step.iteration, '/'))) as is_loop
       from step_runs as step cross join (select $2::text as prefix, $3::int[] as iterations) as wanted
       where execution_id = $1 and node_path not like '%#undo' and ${IS_WITHIN} and ${RUNS_AGAIN}`,
      values,
    );
    const loops = rows.filter(({ is_loop }) => is_loop);
    const steps = rows.filter(({ is_loop }) => !is_loop);
    const at = (places: typeof rows) => [executionId, places.map((row) => row.node_path), places.map((row) => row.iteration)];
    if (loops.length > 0)
      await transaction.query(
        `update step_runs set status = 'running', route = null, error = null, output = null, resume_at = null, finished_at = null
         where execution_id = $1 and (node_path, iteration) in (select * from unnest($2::text[], $3::int[]))`,
        at(loops),
      );
    if (steps.length > 0)
      await transaction.query(
        `delete from step_runs where execution_id = $1 and (node_path, iteration) in (select * from unnest($2::text[], $3::int[]))`,
        at(steps),
      );
  }
}
