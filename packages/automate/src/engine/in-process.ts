import type { HostTransaction, Queryable } from '../db/index.ts';
import type { Receipt } from './events/event.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { Define } from './programmatic/define.ts';
import type { EmittedEvent } from './programmatic/emit.ts';
import type { Run } from './programmatic/run.ts';
import type { Triggers } from './triggers/triggers.ts';

/** What the code of a host does with events and workflows, in its own process. */
export interface InProcess {
  /**
   * Stores an event in a transaction of yours, whatever role and search path it has: the event exists if and only if that
   * commits. What it triggers starts within a second of the commit, or at once after `announce()`.
   * @example await automate.emit(client, { type: 'order.created', payload: { id: 7 } });
   */
  emit(transaction: HostTransaction | Queryable, event: EmittedEvent): Promise<Receipt>;
  /**
   * Makes a workflow what the code says, by its slug; a new version only when something is different.
   * @throws AppError `invalid_input` naming what is wrong
   * @example await automate.define(workflow('hello').step('say', 'core.log', { message: 'Hello' }));
   */
  readonly define: Define;
  /** Says that something was emitted and committed, so that nobody waits for the next look. */
  announce(): void;
  /**
   * Starts a workflow by its slug; with `wait`, resolves with its output.
   * @throws ExecutionFailed when it was waited for and has failed or was cancelled
   * @example const { total } = await automate.run<{ total: number }>('order-intake', { id: 7 }, { wait: true });
   */
  readonly run: Run;
  /** Events for triggers of features' own types. */
  readonly triggers: Triggers;
  /** Calls code of this process with what has happened. @example automate.hooks.on('workflow_failed', ({ error }) => page(error)) */
  readonly hooks: Hooks;
}
