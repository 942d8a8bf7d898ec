import type { Queryable } from '../../db/index.ts';
import { stepsIn } from '../graph/body.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';

/**
 * Whether the policy of the tenant lets a graph be saved: its steps at any depth, and the hosts that stand in it. A host that a
 * template makes is known only when the step runs, and is checked then.
 * @throws AppError `policy_step_type_denied`, `policy_host_denied`, `policy_workflow_too_large`
 */
export function requirePolicy(
  transaction: Queryable,
  { policies, registry, tenantId, graph }: { policies: ExecutionPolicy; registry: StepRegistry; tenantId: string; graph: Graph },
): Promise<void> {
  const steps = [...stepsIn(graph, registry)].map(({ step }) => step);
  const urls = steps.flatMap(({ type, config }) => {
    const url = config?.url;
    return type === 'http.request' && typeof url === 'string' && !/\{[{%]/.test(url) && URL.canParse(url) ? [new URL(url)] : [];
  });
  return policies.requireWorkflow(transaction, tenantId, { types: steps.map(({ type }) => type), urls });
}
