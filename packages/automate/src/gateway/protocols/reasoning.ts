import type { Reasoning } from './options.ts';
import { notTranslatable } from './refusals.ts';

const EFFORTS: readonly Reasoning[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** How much a model should think, from the word for it. */
export function reasoningOf(effort: string | null | undefined, pointer: string): Reasoning | undefined {
  if (effort === undefined || effort === null) return undefined;
  const known = EFFORTS.find((word) => word === effort);
  if (!known) throw notTranslatable(pointer, `must be one of ${EFFORTS.join(', ')} for this model`);
  return known;
}

/** The word nearest to a budget of tokens for thinking. */
export function reasoningOfBudget(tokens: number): Reasoning {
  if (tokens <= 2_048) return 'low';
  return tokens <= 8_192 ? 'medium' : 'high';
}
