import { type InputIssue, invalidInput, type Json } from '../../kernel/index.ts';
import { stepsIn, withoutBody } from '../graph/body.ts';
import { findSecrets } from '../graph/secret-names.ts';
import type { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';

/**
 * Asks the step types that have to look elsewhere whether a graph, planned before, may be saved. It can take its time, so it has
 * no place in a transaction.
 * @throws AppError `invalid_input` with a pointer to each node that is wrong
 */
export async function requireChecks(graph: Graph, registry: StepRegistry): Promise<void> {
  const issues: InputIssue[] = [];
  for (const { id, step, pointer } of stepsIn(graph, registry)) {
    const type = registry.get(step.type);
    if (!type?.check) continue;
    const config = type.config.safeParse(findSecrets(withoutBody(step.config, type) as Json, type).config);
    if (!config.success) continue;
    for (const issue of await type.check(config.data))
      issues.push({ ...issue, pointer: `${pointer}/config${issue.pointer}`, message: `node "${id}": ${issue.message}` });
  }
  if (issues.length > 0) throw invalidInput(issues);
}
