import type { PolicyRuleList } from 'automate-client';

export type Rule = PolicyRuleList['rules'][number];
export type Value = number | readonly string[] | null;
/** Rules of a layer by their names. */
export type Layer = Readonly<Record<string, Value | undefined>>;

/** What is typed for a rule; patterns are one a line. */
export type Typed = Readonly<Record<string, string>>;

/** The one line that allows nothing: an empty field is no rule. */
const NOTHING = 'nothing';

export function textOf(value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  return value.length === 0 ? NOTHING : value.join('\n');
}

/** @returns undefined for what is no number where one is needed */
export function ruleValueOf({ kind }: Pick<Rule, 'kind'>, text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (kind === 'limit') return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : undefined;
  return trimmed === NOTHING ? [] : [...new Set(trimmed.split(/[\s,]+/).filter(Boolean))];
}

/** The rules that are typed otherwise than they are. */
export function changedRules(rules: readonly Rule[], layer: Layer, typed: Typed): readonly Rule[] {
  return rules.filter((rule) => {
    const text = typed[rule.name];
    if (text === undefined) return false;
    const value = ruleValueOf(rule, text);
    return value === undefined || textOf(value) !== textOf(layer[rule.name]);
  });
}
