/** What templates and rules may cost together. */
export interface WorkLimits {
  /** Milliseconds of the processor. */
  readonly ms: number;
  /** Those of one piece, while which nothing else runs. Default: all. */
  readonly atOnceMs?: number;
  /** Characters and list items made. */
  readonly memory: number;
}

/** Of one attempt of a step, its input and its run together; of whatever else works with templates or rules, each time. */
export const workLimits: WorkLimits = { ms: 250, atOnceMs: 100, memory: 20_000_000 };

/** Of what decides about one event, such as a filter or a match: nothing else runs meanwhile, and there are many. */
export const decisionLimits: WorkLimits = { ms: 50, memory: 5_000_000 };

/** The work is too much; whoever does it says so in an error of its own. */
export class BudgetExceeded extends Error {}

/** Time of the processor and memory for several pieces of work, such as all templates of a step. */
export class WorkBudget {
  readonly #limits: WorkLimits;
  #memory: number;
  /** Spent by the pieces that are over. */
  #spentMs = 0;
  #startedAt = 0;
  /** Time of the processor when the piece began, or a moment before. */
  #processorAtStart = 0;

  constructor(limits: WorkLimits = workLimits) {
    this.#limits = limits;
    this.#memory = limits.memory;
  }

  /** @throws BudgetExceeded */
  use(amount: number): void {
    if (amount > 0) this.#memory -= amount;
    if (this.#memory < 0) throw new BudgetExceeded(`the work makes more than ${this.#limits.memory} characters and list items`);
  }

  /** @throws BudgetExceeded */
  check(): void {
    const wall = performance.now() - this.#startedAt;
    if (this.#spentMs + wall < LOOK_AT_PROCESSOR_MS) return;
    const { ms, atOnceMs = ms } = this.#limits;
    const elapsed = this.#elapsed(wall);
    if (this.#spentMs + elapsed > ms) throw new BudgetExceeded(`the work takes longer than ${ms} ms`);
    if (elapsed > atOnceMs) throw new BudgetExceeded(`a piece of the work takes longer than ${atOnceMs} ms`);
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#processorAtStart = recentProcessorMs(this.#startedAt);
  }

  stop(): void {
    this.#spentMs += this.#elapsed(performance.now() - this.#startedAt);
  }

  /** On a machine with much to do, time goes by in which this thread does nothing: that is nobody's fault here. */
  #elapsed(wall: number): number {
    return wall < LOOK_AT_PROCESSOR_MS ? wall : Math.min(wall, processorMs() - this.#processorAtStart);
  }
}

/** Asking for it takes longer than asking what time it is, so work that is over soon is not asked. */
const LOOK_AT_PROCESSOR_MS = 20;

/** How old what was read last may be. What the thread does in between counts for the piece that begins then. */
const RECENT_MS = 5;
let lastRead = { at: Number.NEGATIVE_INFINITY, processor: 0 };

function recentProcessorMs(now: number): number {
  if (now - lastRead.at > RECENT_MS) lastRead = { at: now, processor: processorMs() };
  return lastRead.processor;
}

/** Milliseconds of the processor that this thread has had: what other processes take, while the machine is busy, is nobody's fault here. */
export function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

let current: WorkBudget | undefined;

/**
 * Does work in which all templates and rules take from one budget. Only what it does at once counts: when it returns a promise, what
 * comes later has a budget of its own.
 * @example
 * const budget = new WorkBudget();
 * const input = withBudget(budget, () => step.runner.input(scope));
 * const result = withBudget(budget, () => step.runner.run(input, context));
 */
export function withBudget<T>(budget: WorkBudget, work: () => T): T {
  if (current === budget) return work();
  const outer = current;
  current = budget;
  budget.start();
  try {
    return work();
  } finally {
    budget.stop();
    current = outer;
  }
}

/** Hands on the budget of the work at hand, or a fresh one when nobody has given one. */
export function budgeted<T>(work: (budget: WorkBudget) => T): T {
  if (current) return work(current);
  const budget = new WorkBudget();
  return withBudget(budget, () => work(budget));
}

/** Lets work go on later with the budget of the work at hand. */
export function sharedBudget(): <T>(work: () => T) => T {
  const budget = current ?? new WorkBudget();
  return (work) => withBudget(budget, work);
}

/** What memory is taken from. */
export type Allowance = Pick<WorkBudget, 'use'>;

/** Takes a value with everything inside it from the budget; a list that was pushed into itself counts each time it shows. */
export function chargeDeep(value: unknown, budget: Allowance): void {
  if (typeof value === 'string') budget.use(value.length);
  else if (Array.isArray(value)) {
    budget.use(10 + value.length);
    for (const item of value) chargeDeep(item, budget);
  } else if (typeof value === 'object' && value !== null) {
    budget.use(10);
    for (const key of Object.keys(value)) chargeDeep((value as Record<string, unknown>)[key], budget);
  }
}
