import type { Secrets } from '../../governance/index.ts';
import type { ClaimedJob, JobContext } from '../../jobs/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Plan } from '../graph/plan.ts';
import type { Children } from '../journal/children.ts';
import type { Emitter } from '../journal/emitter.ts';
import type { Journal } from '../journal/journal.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Ending, LoadedExecution, Signal, StepRecord } from '../records/execution.ts';
import type { WorkflowSettings } from '../schemas.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import type { LinkOf } from './frame.ts';
import type { StepLimits } from './limits.ts';

/** What it takes to run an execution, or to go on with one. */
export interface RunOptions {
  readonly job: Pick<ClaimedJob, 'lease' | 'attempts'>;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
  readonly plan: Plan;
  readonly settings: WorkflowSettings;
  /** About how many bytes of inputs and outputs earlier claims have stored. */
  readonly storedBytes: number;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly policies: Pick<ExecutionPolicy, 'requireStep'>;
  /** By what steps act on the outside. */
  readonly effects: StepEffects;
  readonly limits: StepLimits;
  readonly children: Pick<Children, 'prepare'>;
  readonly emitter: Emitter;
  /** By which it is decided what is due. */
  readonly clock: Clock;
  /** The link by which a step is decided. */
  readonly linkOf: LinkOf;
  /** Looks again at what was said to it. */
  news(): Promise<{ signals: readonly Signal[]; ending: Ending | undefined }>;
  /** What is stored of it now. */
  history(): Promise<readonly StepRecord[]>;
  /** Called before the first try of a step. */
  onStep(record: StepRecord): void;
  /** Called when the execution was parked until then. */
  onParked(until: Date): void;
}
