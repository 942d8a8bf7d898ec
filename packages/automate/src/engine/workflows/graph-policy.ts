import type { Queryable } from '../../db/index.ts';
import type { Policies } from '../../governance/index.ts';
import type { Graph } from '../schemas.ts';

/**
 * Whether the policy of the tenant lets a graph be saved: its steps, and the hosts that stand in it. A host that a template
 * makes is known only when the step runs, and is checked then.
 * @throws AppError `policy_step_type_denied`, `policy_host_denied`, `policy_workflow_too_large`
 */
export function requirePolicy(
  transaction: Queryable,
  { policies, tenantId, graph }: { policies: Policies; tenantId: string; graph: Graph },
): Promise<void> {
  const urls = graph.nodes.flatMap(({ type, config: { url } }) =>
    type === 'http.request' && typeof url === 'string' && !/\{[{%]/.test(url) && URL.canParse(url) ? [new URL(url)] : [],
  );
  return policies.requireWorkflow(transaction, tenantId, { types: graph.nodes.map(({ type }) => type), urls });
}
