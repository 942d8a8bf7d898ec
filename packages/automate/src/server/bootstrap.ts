import type { Db } from '../db/index.ts';
import { type Engine, hasWorkflows, type WorkflowInput, WorkflowService } from '../engine/index.ts';
import { type ApiKeys, type Audit, ensureTenant } from '../governance/index.ts';
import type { JobSystem } from '../jobs/index.ts';
import { AppError, readLocalKey, type Settings, writeLocalKey } from '../kernel/index.ts';
import { sampleWorkflow } from './sample/workflow.ts';

export interface BootstrapOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly engine: Engine;
  readonly jobs: JobSystem;
  readonly apiKeys: ApiKeys;
  readonly settings: Settings;
  /** Whether to keep an API key in the data directory for the command line and the printed `curl`. */
  readonly hasLocalKey: boolean;
}

/** Makes what a new installation needs. Every part may run again and in several processes at once. */
export async function bootstrap({ db, audit, engine, jobs, apiKeys, settings, hasLocalKey }: BootstrapOptions): Promise<void> {
  const { id: tenantId } = await ensureTenant({ db, audit }, 'default', 'Default');
  const everything = { tenantId, scopes: ['*'], isStaff: true };
  if (settings.bootstrapToken) await apiKeys.create({ ...everything, name: 'Bootstrap token', value: settings.bootstrapToken });
  if (hasLocalKey) {
    const known = readLocalKey(settings);
    // A key file that outlived its database is taken over rather than left dead.
    const { value } = await apiKeys.create({ ...everything, name: 'Local command line', ...(known ? { value: known } : {}) });
    if (!known) writeLocalKey(settings, value);
  }
  if (settings.hasSample && !(await hasWorkflows(db, tenantId)))
    await createSample(workflowOptions({ db, engine, jobs }), tenantId);
}

/** What a `WorkflowService` is built with. */
export function workflowOptions({
  db,
  engine: { registry, policy: policies, runs },
  jobs: { announce, notify },
}: Pick<BootstrapOptions, 'db' | 'engine' | 'jobs'>): WorkflowService['options'] {
  return { db, registry, policies, runs, onQueued: () => announce(), notify };
}

async function createSample(options: WorkflowService['options'], tenantId: string): Promise<void> {
  const service = new WorkflowService(options);
  try {
    await service.create({ tenantId, id: 'system', mayPublish: true }, sampleWorkflow as WorkflowInput);
  } catch (error) {
    // Another process that starts at the same moment was faster.
    if (!AppError.is(error) || error.code !== 'slug_taken') throw error;
  }
}
