import type { Queryable } from '../../db/index.ts';
import type { Json } from '../../kernel/index.ts';
import { type Step, stepsIn, withoutBody } from '../graph/body.ts';
import { findSecrets } from '../graph/secret-names.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { knowsUrls, urlsOf } from '../steps/step-urls.ts';

/**
 * Whether the policy of the tenant lets a graph be saved: its steps at any depth, and the hosts that stand in it. A host that a
 * template makes is known only when the step runs, and is checked then.
 * @throws AppError `policy_step_type_denied`, `policy_host_denied`, `policy_workflow_too_large`
 */
export function requirePolicy(
  transaction: Queryable,
  { policies, registry, tenantId, graph }: { policies: ExecutionPolicy; registry: StepRegistry; tenantId: string; graph: Graph },
): Promise<void> {
  // What a step has made for itself is a part of it.
  const steps = [...stepsIn(graph, registry)].flatMap(({ step }) => (registry.get(step.type)?.isInternal ? [] : step));
  const urls = steps.flatMap((step) => destinationsOf(step, registry));
  return policies.requireWorkflow(transaction, tenantId, { types: steps.map(({ type }) => type), urls });
}

/** Of a step whose configuration is not what its type wants, nothing is known. */
function destinationsOf({ type, config }: Step, registry: StepRegistry): URL[] {
  const step = registry.get(type);
  if (!step || !knowsUrls(step)) return [];
  const parsed = step.config.safeParse(findSecrets(withoutBody(config, step) as Json, step).config);
  return parsed.success ? urlsOf(step, parsed.data).map((url) => new URL(url)) : [];
}
