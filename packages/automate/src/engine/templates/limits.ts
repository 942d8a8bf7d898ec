import type { WorkBudget } from '../budget.ts';

/** What one template may be and cost. Its time is that of the work it is a part of. */
export const templateLimits = {
  /** Characters of the template. */
  parse: 100_000,
  /** Characters and list items that one rendering may make. */
  memory: 5_000_000,
  /** Bytes of the result, and of any captured part. */
  output: 1_048_576,
  /** Characters of a text that is searched, times those of what is looked for. */
  search: 50_000_000,
  /** Items of a list that goes into a filter. */
  items: 100_000,
};

/** One rendering's allowance. Stands in for the engine's own counters, which a negative amount (a descending range) would top up. */
export class Budget {
  #remaining = templateLimits.memory;
  readonly #work: WorkBudget;

  /** @param work what all templates of the work at hand share */
  constructor(work: WorkBudget) {
    this.#work = work;
  }

  /** Takes from the memory allowance, as the engine's filters ask for it. */
  use(amount: number): void {
    const count = Number(amount);
    if (count > 0) {
      this.#remaining -= count;
      this.#work.use(count);
    }
    if (this.#remaining < 0) throw new Error('the template uses too much memory');
    this.check();
  }

  /** Ends a rendering that takes too long. */
  check(): void {
    this.#work.check();
  }
}
