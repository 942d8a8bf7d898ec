import type { Db } from '../db/index.ts';
import type { Policies, Secrets } from '../governance/index.ts';
import type { JobSystem } from '../jobs/index.ts';
import type { Logger, Redactor, ThrottleStore } from '../kernel/index.ts';
import type { Outbound } from '../outbound/index.ts';
import type { ApprovalLinks } from './approvals/approval-link.ts';
import type { HookCaller } from './hooks/hooks.ts';
import type { EngineSettings } from './settings.ts';
import type { StepType } from './steps/step-type.ts';
import type { TriggerTypes } from './triggers/trigger-type.ts';

/** What an engine is made of. */
export interface EngineOptions {
  readonly db: Db;
  /** Runs executions and what follows from them, beside the jobs of others. */
  readonly jobs: JobSystem;
  readonly logger: Logger;
  readonly outbound: Outbound;
  readonly redactFor: (tenantId: string) => Redactor;
  readonly secrets: Secrets;
  readonly policies: Policies;
  /** Counts events for limits. */
  readonly throttle: ThrottleStore;
  readonly approvalLinks: Pick<ApprovalLinks, 'urlOf'>;
  readonly hooks: HookCaller;
  readonly settings: EngineSettings;
  /** Names this process, where one of several does something for all. */
  readonly processName: string;
  /** Every step type that features declare. */
  readonly steps: readonly StepType[];
  /** Trigger types beside our own. */
  readonly triggerTypes: TriggerTypes;
}
