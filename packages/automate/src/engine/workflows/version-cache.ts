import type { Db } from '../../db/index.ts';
import { engineErrors } from '../errors.ts';
import { loadGraph } from '../executions/execution.store.ts';
import { type Plan, planGraph } from '../graph/plan.ts';
import { Graph } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';

/** Compiled workflow versions. Versions never change, so an entry is never stale. */
export interface VersionCache {
  get(versionId: string): Promise<Plan>;
}

const MAXIMUM_ENTRIES = 500;

export function createVersionCache({ db, registry }: { db: Db; registry: StepRegistry }): VersionCache {
  const plans = new Map<string, Promise<Plan>>();

  async function load(versionId: string): Promise<Plan> {
    const graph = Graph.safeParse(await loadGraph(db, versionId));
    if (!graph.success) throw engineErrors.workflow_version_not_found(`The workflow version ${versionId} cannot be read.`);
    return planGraph(graph.data, registry);
  }

  return {
    get(versionId) {
      const known = plans.get(versionId);
      const plan = known ?? load(versionId);
      // Most recently used last, so that the first key is the one to drop.
      plans.delete(versionId);
      plans.set(versionId, plan);
      if (!known) plan.catch(() => plans.delete(versionId));
      if (plans.size > MAXIMUM_ENTRIES) plans.delete(plans.keys().next().value as string);
      return plan;
    },
  };
}
