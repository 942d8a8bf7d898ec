import type { JsonObject } from '../../kernel/index.ts';
import type { CallFigures } from '../calls/model-calls.ts';
import { usdOf } from '../prompts/usd.ts';
import { toWireUsage } from '../usage/usage.ts';

/** What a step tells of its call, beside the answer. */
export function figuresFor({ usage, costNanos, callId, model, provider }: CallFigures): JsonObject {
  return { usage: { ...toWireUsage(usage) }, cost_usd: usdOf(costNanos), call_id: callId, model, provider };
}
