import { after, type Timer } from '../../kernel/index.ts';
import { nextDue } from './due.ts';
import type { Run } from './run.ts';

/** Calls when something that waits in an execution is due. */
export class Alarm {
  readonly #call: () => void;
  #timer: Timer | undefined;

  constructor(call: () => void) {
    this.#call = call;
  }

  /** Anew, for what is due next. */
  set(run: Run): void {
    run.hasOtherDue = false;
    this.clear();
    const due = run.isOver ? undefined : nextDue(run);
    if (!due) return;
    const left = due.getTime() - run.options.clock.now().getTime();
    this.#timer = after(Math.max(left, 1), this.#call);
  }

  clear(): void {
    this.#timer?.clear();
  }
}
