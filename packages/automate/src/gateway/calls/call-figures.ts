import type { Usage } from '../usage/usage.ts';
import type { Call } from './call.ts';

/** What came of a call, beside its answer. */
export interface CallFigures {
  readonly callId: string;
  readonly usage: Usage;
  /** Billionths of a dollar; null where no price is known. */
  readonly costNanos: number | null;
  readonly latencyMs: number;
  readonly provider: string;
  /** As the provider names it. */
  readonly model: string;
}

export function figuresOf(call: Call): CallFigures {
  return {
    callId: call.id,
    usage: call.usage,
    costNanos: call.costNanos,
    latencyMs: Math.round(call.elapsedMs),
    provider: call.target?.provider.slug ?? '',
    model: call.target?.model ?? '',
  };
}
