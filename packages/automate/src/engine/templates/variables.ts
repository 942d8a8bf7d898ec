import { BudgetExceeded, budgeted } from '../budget.ts';
import { createEngine } from './engine.ts';

let engine: ReturnType<typeof createEngine> | undefined;

/**
 * First names of all that a template reads from its context, sorted: `user` for `{{ user.name }}`. What a tag assigns itself is not
 * among them, nor is a name that is worked out. A template that does not parse reads nothing.
 * @throws BudgetExceeded when all that is looked at together takes too long
 */
export function templateVariables(text: string): string[] {
  if (!text.includes('{')) return [];
  engine ??= createEngine('text');
  const liquid = engine;
  try {
    return budgeted((budget) => {
      budget.check();
      return [...new Set(liquid.globalVariablesSync(liquid.parse(text), { partials: false }))].sort();
    });
  } catch (error) {
    if (error instanceof BudgetExceeded) throw error;
    return [];
  }
}
