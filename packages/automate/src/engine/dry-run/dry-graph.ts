import type { Db } from '../../db/index.ts';
import { engineErrors } from '../errors.ts';
import { type Plan, planGraph, planStored } from '../graph/plan.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { withinCheck } from '../workflows/check-budget.ts';
import type { DryRun } from '../workflows/dry-run-schemas.ts';
import { requireChecks } from '../workflows/graph-checks.ts';
import { requirePolicy } from '../workflows/graph-policy.ts';
import { requireSecrets } from '../workflows/graph-secrets.ts';
import { findVersion, findWorkflow } from '../workflows/workflow.store.ts';

export interface DryGraphOptions {
  readonly db: Db;
  readonly registry: StepRegistry;
  readonly policies: ExecutionPolicy;
}

/**
 * The graph that was sent, checked as if it were saved, or that of a version, compiled.
 * @throws AppError `invalid_input`, `workflow_version_not_found`, `policy_*`
 */
export async function planRequest(
  { db, registry, policies }: DryGraphOptions,
  { tenantId, workflowId, request }: { tenantId: string; workflowId: string; request: DryRun },
): Promise<Plan> {
  const { graph: given } = request;
  if (given) await requireChecks(given, registry);
  const graph = await db.asTenant(tenantId, async (transaction): Promise<Graph> => {
    const wanted = given ?? (await stored(request.version));
    await requirePolicy(transaction, { policies, registry, tenantId, graph: wanted });
    if (given) await requireSecrets(transaction, { tenantId, graph: wanted, registry });
    return wanted;

    async function stored(version: number | undefined): Promise<Graph> {
      const workflow = await findWorkflow(transaction, workflowId, 'read');
      const found = workflow && (await findVersion(transaction, workflowId, version ?? workflow.workflow_version));
      if (!found) throw engineErrors.workflow_version_not_found(`The workflow has no version ${version}.`);
      return found.graph;
    }
  });
  return given ? withinCheck('/graph', () => planGraph(given, registry)) : planStored(graph, registry);
}
