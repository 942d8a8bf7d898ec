import type { Policies, Secrets } from '../../../governance/index.ts';
import type { ClaimedJob, JobContext } from '../../../jobs/index.ts';
import type { Clock } from '../../../kernel/index.ts';
import type { NewEventWait } from '../../event-waits/event-wait.ts';
import type { Plan, PlanNode } from '../../graph/plan.ts';
import type { WorkflowSettings } from '../../schemas.ts';
import type { Children } from '../children.ts';
import type { EmittedEvent, Emitter } from '../emitter.ts';
import type { Ending, LoadedExecution, Signal, StepRecord } from '../execution.ts';
import type { Journal, TakenSignal } from '../journal.ts';
import type { StartedExecution } from '../start.ts';
import type { Frame, LinkOf } from './frame.ts';

/** What it takes to run an execution, or to go on with one. */
export interface RunOptions {
  readonly job: Pick<ClaimedJob, 'lease' | 'attempts'>;
  readonly context: JobContext;
  readonly execution: LoadedExecution;
  readonly plan: Plan;
  readonly settings: WorkflowSettings;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly policies: Pick<Policies, 'requireStep'>;
  readonly children: Children;
  readonly emitter: Emitter;
  /** By which it is decided what is due. */
  readonly clock: Clock;
  /** The link by which a step is decided. */
  readonly linkOf: LinkOf;
  /** Looks again at what was said to it. */
  news(): Promise<{ signals: readonly Signal[]; ending: Ending | undefined }>;
  /** Told before the first try of a step. */
  onStep(record: StepRecord): void;
  /** Told when the execution was parked until then. */
  onParked(until: Date): void;
}

/** A step to begin, with what is stored of it. */
export interface Start {
  readonly frame: Frame;
  readonly node: PlanNode;
  readonly before?: StepRecord | undefined;
}

/** A step that waits for a time, a signal, or whichever comes first. */
export interface Parked extends Start {
  readonly before: StepRecord;
}

/** What follows from something that happened: all of it is stored at once, then the steps begin. */
export interface Moves {
  readonly records: StepRecord[];
  readonly starts: Start[];
  readonly taken: TakenSignal[];
  readonly children: StartedExecution[];
  readonly eventWaits: (NewEventWait & { readonly looksBack: boolean })[];
  readonly emitted: EmittedEvent[];
}

export const noMoves = (): Moves => ({
  records: [],
  starts: [],
  taken: [],
  children: [],
  eventWaits: [],
  emitted: [],
});

/** An execution in hand. */
export interface Run {
  readonly options: RunOptions;
  readonly execution: LoadedExecution;
  readonly root: Frame;
  /** Steps that wait, by key. */
  readonly parked: Map<string, Parked>;
  /** Signals that no step has taken yet, the oldest first. */
  readonly unread: Map<string, Signal>;
  /** Ids of those that were taken by this claim. */
  readonly taken: Set<string>;
  /** Aborts the steps that run: the execution was cancelled, is out of time, or another worker has it. */
  readonly stop: AbortController;
  readonly deadline: Date | undefined;
  /** What was decided without effect outside and is stored with what comes next. */
  carried: StepRecord[];
  carriedBytes: number;
  /** Number of the latest change. */
  seq: number;
  /** Steps in hand, including those whose outcome is being stored. */
  active: number;
  isCancelled: boolean;
  /** Whether something could have started but was left to another worker. */
  isHeldBack: boolean;
  /** How many looks at what was said to it are under way. */
  hearing: number;
  /** Whether it is being stored that it leaves this worker. */
  isClosing: boolean;
  /** Whether it left this worker. */
  isOver: boolean;
  /** Goes on with the parked steps whose time has come. */
  timer: NodeJS.Timeout | undefined;
  begin(start: Start): void;
  /** Ends, parks or gives back an execution of which nothing is in hand. */
  leave(): void;
  /** @param error why the claim cannot go on, when it cannot */
  end(error?: unknown): void;
}

/** Whether nothing of it is in hand, nor about to be. */
export function isIdle(run: Run): boolean {
  return run.active === 0 && run.hearing === 0 && !run.isClosing && !run.isOver;
}

/** Whether nothing may start here any more. */
export function isStopping(run: Run, frame: Frame): boolean {
  if (run.isCancelled) return true;
  for (let at: Frame | undefined = frame; at; at = at.loop?.frame) if (at.failure || at.loop?.failure) return true;
  return false;
}

/** A step that does not end by itself. */
export function cancelled(run: Run, record: StepRecord): StepRecord {
  return { ...record, ...ended(run), status: 'cancelled' };
}

/** What changes about a step that ends. */
export function ended(run: Run): Pick<StepRecord, 'resumeAt' | 'waitsFor' | 'finishedAt' | 'seq'> {
  return { resumeAt: null, waitsFor: null, finishedAt: run.options.clock.now(), seq: ++run.seq };
}

/** A step of which nothing is known yet. */
export function blank(run: Run, frame: Frame, node: PlanNode): StepRecord {
  return {
    executionId: run.execution.id,
    tenantId: run.execution.tenantId,
    nodePath: `${frame.prefix}${node.id}`,
    iteration: frame.iteration,
    seq: 0,
    nodeType: node.type,
    status: 'running',
    route: null,
    input: null,
    output: null,
    error: null,
    attempts: 0,
    resumeAt: null,
    waitsFor: null,
    startedAt: null,
    finishedAt: null,
  };
}
