import { StepError } from '../../../engine/index.ts';
import { usdOf } from '../../prompts/usd.ts';
import type { Ceilings } from './schemas.ts';
import { tokensOf } from './totals.ts';
import type { Totals } from './turn.ts';

export type Ceiling = 'turns' | 'tokens' | 'cost';

const NANOS = 1_000_000_000;

/** The ceiling that keeps a model from being asked again; undefined when none does. @param turns how many there were */
export function reachedCeiling(ceilings: Ceilings, totals: Totals, turns: number): Ceiling | undefined {
  const { max_turns, max_tokens, max_cost_usd } = ceilings;
  if (turns >= max_turns) return 'turns';
  if (max_tokens !== undefined && tokensOf(totals) >= max_tokens) return 'tokens';
  const isDear = max_cost_usd !== undefined && totals.cost_nanos !== null && totals.cost_nanos >= max_cost_usd * NANOS;
  return isDear ? 'cost' : undefined;
}

/** What a ceiling of dollars is worth where nobody knows what was spent. @throws StepError `agent_cost_unknown` */
export function requireKnownCost({ max_cost_usd }: Ceilings, totals: Totals, model: string): void {
  if (max_cost_usd === undefined || totals.cost_nanos !== null) return;
  const detail = `"max_cost_usd" cannot be held: no price is known of the model that answered for "${model}". Enter one (POST /api/v1/gateway/prices/), or leave the ceiling out.`;
  throw new StepError({ code: 'agent_cost_unknown', detail, isRetryable: false });
}

/** @returns StepError `agent_limit` that names the ceiling and what was used */
export function limitError(ceiling: Ceiling, ceilings: Ceilings, totals: Totals, turns: number): StepError {
  const { max_turns, max_tokens, max_cost_usd } = ceilings;
  const told = {
    turns: `the model was asked ${turns} times ("max_turns": ${max_turns})`,
    tokens: `${tokensOf(totals)} tokens were used ("max_tokens": ${max_tokens})`,
    cost: `${usdOf(totals.cost_nanos)} dollars were spent ("max_cost_usd": ${max_cost_usd})`,
  }[ceiling];
  const detail = `The agent reached its ceiling of ${ceiling} and has no answer yet: ${told}. Raise it, or let the model answer with what it has by "on_limit": "answer".`;
  return new StepError({ code: 'agent_limit', detail, isRetryable: false });
}
