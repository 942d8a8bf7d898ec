import type { Db } from '../../db/index.ts';
import type { Audit } from '../../governance/index.ts';
import type { AppError } from '../../kernel/index.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Graph, Trigger, WorkflowSettings } from '../schemas.ts';
import type { StepRegistry } from '../steps/registry.ts';
import type { TriggerTypes } from '../triggers/trigger-type.ts';
import type { WorkflowRuns } from './runs.ts';
import type { WorkflowRow } from './workflow.store.ts';

export interface WorkflowServiceOptions {
  readonly db: Db;
  readonly registry: StepRegistry;
  readonly policies: ExecutionPolicy;
  readonly runs: WorkflowRuns;
  /** Beside our own. */
  readonly triggerTypes: TriggerTypes;
  readonly audit: Pick<Audit, 'record'>;
  /** Called, after the commit, when executions were queued. */
  onQueued(): void;
  /** Called, after the commit, with the executions that were notified. */
  notify(executionIds: readonly string[]): void;
}

export interface WorkflowInput {
  readonly name: string;
  readonly slug?: string | undefined;
  readonly graph: Graph;
  readonly triggers?: readonly Trigger[] | undefined;
  readonly settings?: WorkflowSettings | undefined;
  readonly is_live?: boolean | undefined;
}

/** A version that is stored and not published; what is not given is as in the latest one. */
export type DraftInput = Pick<WorkflowInput, 'graph' | 'triggers' | 'settings'>;

/** The workflow as the caller saw it; when it has changed since, `precondition_failed` is thrown. */
export type Seen = Readonly<Record<string, unknown>> | undefined;

/** A workflow without what belongs to this installation: it can be imported into another. */
export type PortableWorkflow = Required<Pick<WorkflowInput, 'name' | 'slug' | 'graph' | 'triggers' | 'settings' | 'is_live'>>;

export type ImportedWorkflow =
  | { readonly status: 'created' | 'updated' | 'unchanged'; readonly id: string }
  | { readonly status: 'failed'; readonly id: null; readonly error: AppError };

export interface WorkflowDetail extends Omit<WorkflowRow, 'tenant_id'> {
  readonly graph: Graph;
  readonly triggers: Trigger[];
  readonly settings: WorkflowSettings;
}
