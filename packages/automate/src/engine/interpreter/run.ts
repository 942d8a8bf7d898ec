import type { Secrets } from '../../governance/index.ts';
import type { ClaimedJob, JobContext } from '../../jobs/index.ts';
import type { Clock, Timer } from '../../kernel/index.ts';
import type { StepEventWait } from '../events/event-wait.ts';
import type { Plan, PlanNode } from '../graph/plan.ts';
import { type Children, childStepOf } from '../journal/children.ts';
import type { EmittedEvent, Emitter } from '../journal/emitter.ts';
import type { ForgottenItems, Journal, TakenSignal } from '../journal/journal.ts';
import type { StartedExecution } from '../journal/start.ts';
import type { ExecutionPolicy } from '../policy/execution-policy.ts';
import type { Ending, LoadedExecution, Signal, StepRecord } from '../records/execution.ts';
import type { WorkflowSettings } from '../schemas.ts';
import type { StepEffects } from '../steps/step-effects.ts';
import type { Frame, LinkOf, Loop } from './frame.ts';
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
  /** Events that steps wait for from now on. */
  eventWaits?: StepEventWait[];
  /** Events that steps have sent. */
  emitted?: EmittedEvent[];
  /** Steps whose executions nobody waits for any more. */
  closes?: string[];
  /** What is to be tried again. */
  forgets?: ForgottenItems[];
}

/** A step at work. */
export interface AtWork extends Start {
  record(): StepRecord;
  readonly stop: AbortController;
}

/** Takes up an item of a loop that earlier claims had begun. */
export type TakeUp = (moves: Moves) => void;

export const noMoves = (): Moves => ({ records: [], starts: [], taken: [], children: [] });

/** An execution in flight. */
export interface Run {
  readonly options: RunOptions;
  readonly execution: LoadedExecution;
  readonly root: Frame;
  /** Steps that wait, by key. */
  readonly parked: Map<string, Parked>;
  /** Steps at work, by key, where something can end them while the execution goes on. */
  readonly working: Map<string, AtWork>;
  /** Loops in flight, with the items that wait for their turn to be taken up. */
  readonly loops: Map<Loop, TakeUp[]>;
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
  /** About how many bytes of inputs and outputs are stored, or will be with what is carried. */
  bytes: number;
  /** Whether it may have started executions. */
  hasChildren: boolean;
  /** Number of the latest change. */
  seq: number;
  /** Steps in flight, including those whose outcome is being stored. */
  active: number;
  isCancelled: boolean;
  /** Whether something could have started but was left to another worker. */
  isHeldBack: boolean;
  /** How many looks at what was said to it are under way. */
  readingSignals: number;
  /** Whether it is being stored that it leaves this worker. */
  isClosing: boolean;
  /** Whether it left this worker. */
  isOver: boolean;
  /** Goes on with the parked steps whose time has come. */
  timer: Timer | undefined;
  begin(start: Start): void;
  /** Ends the loops whose time is over. */
  expire(): void;
  /** Ends, parks or gives back an execution of which nothing is in flight. */
  leave(): void;
  /** @param error why the claim cannot go on, when it cannot */
  end(error?: unknown): void;
}

/** Whether nothing of it is in flight, nor about to be. */
export function isIdle(run: Run): boolean {
  return run.active === 0 && run.readingSignals === 0 && !run.isClosing && !run.isOver;
}

/** Whether nothing may start here any more. */
export function isStopping(run: Run, frame: Frame): boolean {
  if (run.isCancelled) return true;
  for (let at: Frame | undefined = frame; at; at = at.loop?.frame) if (at.failure || at.loop?.failure) return true;
  return false;
}

/** Whether a step, or a loop that it lies in, has lost a race: what it comes to does not count, and that is stored already. */
export function isLost(run: Run, frame: Frame, node: PlanNode): boolean {
  if (!run.options.plan.isInterruptible) return false;
  if (frame.progress.isLost(node.id)) return true;
  for (let { loop } = frame; loop; loop = loop.frame.loop) if (loop.frame.progress.isLost(loop.node.id)) return true;
  return false;
}

/** A step does not end by itself, and the execution that it waits for is not needed any more. */
export function callOff(run: Run, record: StepRecord, moves: Moves): void {
  moves.records.push(ended(run, record, { status: 'cancelled', route: null, error: record.error }));
  closeChild(record, moves);
}

/** Nobody waits any more for the execution that a step has waited for, if it has. */
export function closeChild({ waitsFor }: StepRecord, moves: Moves): void {
  const step = childStepOf(waitsFor);
  if (step === undefined) return;
  moves.closes ??= [];
  moves.closes.push(step);
}

/** A step that ends now. */
export function ended(
  run: Run,
  record: StepRecord,
  { status, route, error }: Pick<StepRecord, 'status' | 'route' | 'error'>,
): StepRecord {
  const finishedAt = run.options.clock.now();
  return { ...record, status, route, error, resumeAt: null, waitsFor: null, finishedAt, seq: ++run.seq };
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
    bytes: 0,
    seen: null,
    error: null,
    attempts: 0,
    resumeAt: null,
    waitsFor: null,
    startedAt: null,
    finishedAt: null,
  };
}
