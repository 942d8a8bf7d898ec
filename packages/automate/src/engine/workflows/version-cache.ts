import type { Db } from '../../db/index.ts';
import { WorkBudget, withBudget } from '../budget.ts';
import { engineErrors } from '../errors.ts';
import { type Plan, planStored } from '../graph/plan.ts';
import { Graph, WorkflowSettings } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import { loadVersion } from './workflow.store.ts';

/** What a version is a version of. */
export interface VersionedWorkflow {
  readonly id: string;
  readonly slug: string;
  readonly version: number;
}

/** A workflow version ready to run. */
export interface RunnableVersion {
  readonly workflow: VersionedWorkflow;
  readonly plan: Plan;
  readonly settings: WorkflowSettings;
}

/** Compiled workflow versions. Versions never change, so an entry is never stale. */
export interface VersionCache {
  get(versionId: string): Promise<RunnableVersion>;
}

const NO_LIMITS = { ms: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
const MAXIMUM_ENTRIES = 500;

export function createVersionCache({ db, registry }: { db: Db; registry: StepRegistry }): VersionCache {
  const plans = new Map<string, Promise<RunnableVersion>>();

  async function load(versionId: string): Promise<RunnableVersion> {
    const stored = await loadVersion(db, versionId);
    const graph = Graph.safeParse(stored?.graph);
    const settings = WorkflowSettings.safeParse(stored?.settings);
    if (!stored || !graph.success || !settings.success)
      throw engineErrors.workflow_version_not_found(`The workflow version ${versionId} cannot be read.`);
    const { workflow_id: id, slug, version } = stored;
    // It was checked in time when it was stored, by what was allowed then.
    const plan = withBudget(new WorkBudget(NO_LIMITS), () => planStored(graph.data, registry));
    return { workflow: { id, slug, version }, plan, settings: settings.data };
  }

  return {
    get(versionId) {
      const known = plans.get(versionId);
      if (known && plans.size < MAXIMUM_ENTRIES / 2) return known; // nothing is about to be dropped
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
