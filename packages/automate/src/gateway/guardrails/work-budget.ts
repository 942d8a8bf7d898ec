import { guardrailErrors } from './errors.ts';

/** What the guardrails may cost in one call, for all texts together. */
export interface WorkLimits {
  /** Characters (UTF-16) of all texts, those sent and those that came back. */
  readonly characters: number;
  /** Milliseconds of work and of waiting for guardrails of a host. */
  readonly timeMs: number;
}

export const defaultWorkLimits: WorkLimits = { characters: 2 * 1024 * 1024, timeMs: 10_000 };

/** Keeps count. What would be too much is refused, never let through unseen. */
export interface WorkBudget {
  /** @throws AppError `guardrail_over_budget` */
  spend(characters: number): void;
  /** Counts the time of a piece of work. @throws AppError `guardrail_over_budget` */
  timed<Result>(work: () => Result | Promise<Result>): Promise<Result>;
}

export function createWorkBudget(limits: WorkLimits, now: () => number = () => performance.now()): WorkBudget {
  let characters = 0;
  let spentMs = 0;
  return {
    spend(count) {
      characters += count;
      if (characters > limits.characters)
        throw guardrailErrors.guardrail_over_budget(
          `The texts of the call have more than ${limits.characters} characters together, more than its guardrails look at.`,
        );
    },
    async timed(work) {
      const since = now();
      const pending = work();
      const result = pending instanceof Promise ? await within(pending, limits, spentMs) : pending;
      spentMs += now() - since;
      if (spentMs > limits.timeMs) throw tooSlow(limits);
      return result;
    },
  };
}

/** A guardrail of a host may wait for ever; the call does not. */
async function within<Result>(pending: Promise<Result>, limits: WorkLimits, spentMs: number): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow(limits)), Math.max(0, limits.timeMs - spentMs));
  try {
    return await Promise.race([pending, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow({ timeMs }: WorkLimits) {
  return guardrailErrors.guardrail_over_budget(`The guardrails of the call took longer than ${timeMs} ms.`);
}
