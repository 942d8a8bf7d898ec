/** What one template may be and cost. */
export const templateLimits = {
  /** Characters of the template. */
  parse: 100_000,
  /** Milliseconds of one rendering. */
  renderMs: 500,
  /** Characters and list items that one rendering may make. */
  memory: 5_000_000,
  /** Bytes of the result, and of any captured part. */
  output: 1_048_576,
  /** Items of a list that goes into a filter. */
  items: 100_000,
};

/** Stands in for the engine's own counters, which a negative amount (a descending range) would top up. */
export class Budget {
  #remaining = templateLimits.memory;
  readonly #until = performance.now() + templateLimits.renderMs;

  /** Takes from the memory allowance, as the engine's filters ask for it. */
  use(amount: number): void {
    const count = Number(amount);
    if (count > 0) this.#remaining -= count;
    if (this.#remaining < 0) throw new Error('the template uses too much memory');
    this.check();
  }

  /** Ends a rendering that takes too long. */
  check(): void {
    if (performance.now() > this.#until) throw new Error(`the template takes longer than ${templateLimits.renderMs} ms`);
  }
}

/** Takes a value with everything inside it from the budget; a list that was pushed into itself counts each time it shows. */
export function chargeDeep(value: unknown, budget: Budget): void {
  if (typeof value === 'string') budget.use(value.length);
  else if (Array.isArray(value)) {
    budget.use(10 + value.length);
    for (const item of value) chargeDeep(item, budget);
  } else if (typeof value === 'object' && value !== null) {
    budget.use(10);
    for (const key of Object.keys(value)) chargeDeep((value as Record<string, unknown>)[key], budget);
  }
}
