import { inputError } from '../../api/index.ts';
import type { Db } from '../../db/index.ts';
import { requireTenant } from '../../governance/index.ts';
import { WorkflowCreate } from '../workflows/schemas.ts';
import type { WorkflowService } from '../workflows/workflow-service.ts';
import type { WorkflowInput } from '../workflows/workflow-types.ts';

/** A workflow as the host's code writes it: of the builder, or as JSON with a slug. */
export type DefinedWorkflow = { toJSON(): object } | { readonly slug: string; readonly name: string; readonly graph: object };

export interface Definition {
  readonly id: string;
  readonly status: 'created' | 'updated' | 'unchanged';
  /** The one that runs. */
  readonly version: number;
}

/** Makes a workflow what the code says, by its slug; a new version only when something is different. */
export type Define = (workflow: DefinedWorkflow, options?: { readonly tenant?: string }) => Promise<Definition>;

export function createDefine({ db, service }: { db: Db; service: WorkflowService }): Define {
  return async (workflow, { tenant = 'default' } = {}) => {
    const parsed = WorkflowCreate.required({ slug: true }).safeParse(JSON.parse(JSON.stringify(workflow)));
    if (!parsed.success) throw inputError(parsed.error);
    const actor = { tenantId: await requireTenant(db, tenant), id: 'system', mayPublish: true };
    const given = { triggers: [], settings: {}, ...parsed.data } as WorkflowInput;
    const [outcome] = await service.import(actor, [given], { isDry: false });
    if (!outcome || outcome.status === 'failed') throw outcome?.error;
    const { workflow_version: version } = await service.get(actor, outcome.id);
    return { id: outcome.id, status: outcome.status, version };
  };
}
