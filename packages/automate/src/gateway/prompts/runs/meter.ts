import type { ModelCaller, PromptCaller } from '../prompt-caller.ts';

/** Counts what all calls of a case cost together. */
export interface Meter {
  /** Null as soon as the price of one is not known. */
  nanos(): number | null;
  /** The same calls, counted. */
  readonly caller: PromptCaller;
}

export function createMeter(inner: PromptCaller): Meter {
  let total: number | null = 0;
  async function counted<T extends { readonly costNanos: number | null }>(call: Promise<T>): Promise<T> {
    try {
      const answer = await call;
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
      chat: (caller: ModelCaller, request) => counted(inner.chat(caller, request)),
      embed: (caller: ModelCaller, request) => counted(inner.embed(caller, request)),
    },
  };
}
