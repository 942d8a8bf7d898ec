import type { ModelCaller, PromptCaller } from '../prompt-caller.ts';

/** Counts what all calls of a case cost together. */
export interface Meter {
  /** Null as soon as the price of one is not known. */
  nanos(): number | null;
  /** The same calls, counted. */
  readonly caller: PromptCaller;
}

/** @param models asked for with each call: there may be none */
export function createMeter(models: () => PromptCaller): Meter {
  let total: number | null = 0;
  async function counted<T extends { readonly costNanos: number | null }>(call: (inner: PromptCaller) => Promise<T>): Promise<T> {
    const inner = models();
    try {
      const answer = await call(inner);
      total = total === null || answer.costNanos === null ? null : total + answer.costNanos;
      return answer;
    } catch (error) {
      // What it came to by then, nobody tells.
      total = null;
      throw error;
    }
  }
  return {
    nanos: () => total,
    caller: {
      chat: (caller: ModelCaller, request) => counted((inner) => inner.chat(caller, request)),
      embed: (caller: ModelCaller, request) => counted((inner) => inner.embed(caller, request)),
    },
  };
}
