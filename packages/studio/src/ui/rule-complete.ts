import type { Suggest, Suggestion } from './json-complete.ts';
import { kindOfValue, pathsOf, ruleOperators } from './rule-operators.ts';

/** Names of operators where one is due. */
export const operatorSuggestions: readonly Suggestion[] = Object.entries(ruleOperators).map(([label, takes]) => ({
  label,
  detail: takes,
  follow: label === 'var' ? '""' : '[]',
}));

/** Paths of a sample where `var` names one. */
export function pathSuggestions(sample: unknown): readonly Suggestion[] {
  return [...pathsOf(sample)].map(([label, value]) => ({
    label,
    detail: kindOfValue(value),
    info: typeof value === 'object' ? undefined : String(value).slice(0, 100),
  }));
}

/** Whether the place is what `var` or `missing` names. */
export function isPathPlace(path: readonly string[]): boolean {
  const [last, before] = [path.at(-1), path.at(-2)];
  return last === 'var' || (before === 'var' && last === '0') || before === 'missing' || last === 'missing';
}

/** Of a rule that is a document of its own. @param sample an event as the rule sees it */
export function suggestRule(sample: unknown): Suggest {
  return {
    keys: () => operatorSuggestions,
    values: (path) => (isPathPlace(path) ? pathSuggestions(sample) : BOOLEANS),
  };
}

const BOOLEANS: readonly Suggestion[] = [
  { label: 'true', value: true },
  { label: 'false', value: false },
];
