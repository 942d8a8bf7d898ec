import type { ExecutionChange } from '../journal/execution.store.ts';
import { isRefusal, type JournalEntry, weightOf } from '../journal/journal.ts';
import type { StepRecord } from '../records/execution.ts';
import type { Moves } from './moves.ts';
import { failRefused, refusedStep } from './refused.ts';
import type { Run } from './run.ts';

/** Writes what happens to an execution into the journal, with what was carried until then. */
export class Recorder {
  readonly #run: Run;
  readonly #end: (error?: unknown) => void;

  /** @param end called when this claim is over: the lease was lost, the database is away, or it has refused what a step made */
  constructor(run: Run, end: (error?: unknown) => void) {
    this.#run = run;
    this.#end = end;
  }

  /** Stores what follows. @returns whether this worker goes on with the execution */
  async store(moves: Moves, steps: readonly StepRecord[], closing: Partial<JournalEntry> | undefined): Promise<boolean> {
    const { journal, job, context, onParked } = this.#run.options;
    const { taken, children, eventWaits, emitted, closes, forgets } = moves;
    const isRecovery = job.attempts > 1;
    const entry = { lease: job.lease, isRecovery, steps, taken, children, eventWaits, emitted, closes, forgets, ...closing };
    try {
      const isHeld = await journal.append(entry);
      // Not before: whoever looks for it then would not find it.
      if (isHeld && closing?.job?.type === 'scheduled' && closing.job.runAt) onParked(closing.job.runAt);
      if (!isHeld) context.logger.warn('lease lost, another worker has this execution');
      if (closing || !isHeld) this.#end();
      return isHeld;
    } catch (error) {
      await this.#fail(entry, error);
      return false;
    }
  }

  /** Stores one step alone, of which nothing follows yet. @returns whether the lease held */
  append(step: StepRecord): Promise<boolean> {
    return this.#run.options.journal.append(this.#entry([step]));
  }

  /**
   * Stores what a step is about to work on, before it does.
   * @throws StepError `not_storable` when the database refuses it; anything else when this worker cannot go on with the execution
   */
  async storeFirst(step: StepRecord): Promise<void> {
    const run = this.#run;
    if (run.isClosing || run.isOver) throw new Error('the execution left this worker');
    const steps = run.withCarried([step]);
    let isHeld = false;
    try {
      isHeld = await run.options.journal.append(this.#entry(steps));
    } catch (error) {
      if (steps.length === 1 && isRefusal(error, weightOf(step))) throw refusedStep(error);
      this.#end(error);
      throw error;
    }
    if (isHeld) return;
    run.options.context.logger.warn('lease lost, another worker has this execution');
    this.#end();
    throw new Error('the lease was lost');
  }

  /**
   * Stores how something stands that is still in flight. What is carried goes with it, since whoever follows the execution goes by the
   * numbers of its changes.
   */
  async show(shown: { step?: StepRecord; execution?: ExecutionChange }): Promise<void> {
    const run = this.#run;
    if (run.isClosing || run.isOver) return;
    const carried = run.withCarried([]);
    const entry = this.#entry(shown.step ? [...carried, shown.step] : carried);
    const isRecovery = entry.isRecovery && carried.length > 0;
    try {
      await run.options.journal.append({ ...entry, isRecovery, ...(shown.execution && { execution: shown.execution }) });
    } catch (error) {
      if (carried.length > 0) await this.#fail({ ...entry, steps: carried }, error);
    }
  }

  #entry(steps: readonly StepRecord[]): Pick<JournalEntry, 'lease' | 'isRecovery' | 'steps'> {
    const { job } = this.#run.options;
    return { lease: job.lease, isRecovery: job.attempts > 1, steps };
  }

  /** Without the database this claim is over, and another one goes on; what it refuses is the fault of a step. */
  async #fail(entry: JournalEntry, error: unknown): Promise<void> {
    if (!isRefusal(error, weightOfAll(entry.steps))) return this.#end(error);
    await failRefused(this.#run, entry, error).then(
      () => this.#end(),
      (reason: unknown) => this.#end(reason),
    );
  }
}

export function weightOfAll(records: readonly StepRecord[]): number {
  return records.reduce((sum, record) => sum + weightOf(record), 0);
}
