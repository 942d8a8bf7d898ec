import type { InputIssue } from '../../kernel/index.ts';
import type { LimitRule, ListRule, PolicyRule } from './rule.ts';
import { listed } from './sentences.ts';

export type RuleValue = number | readonly string[];

/** The rules of one layer by their names; one that is missing or null is no rule. */
export type LayerRules = Readonly<Record<string, RuleValue | null | undefined>>;

/** The two layers of a policy: the operator's ceiling, and what the tenant set itself. */
export interface Layers {
  readonly operator: LayerRules;
  readonly tenant: LayerRules;
}

/** Who set a value; `default`: neither the operator nor the tenant. */
export type RuleSource = 'operator' | 'tenant' | 'both' | 'default';

/** What of two layers holds, and whose it is. */
export interface EffectiveValue<Value extends RuleValue> {
  readonly value: Value | null;
  readonly source: RuleSource;
}

export function limitIn(layer: LayerRules, { name }: LimitRule): number | null {
  return (layer[name] as number | null | undefined) ?? null;
}

export function listIn(layer: LayerRules, { name }: ListRule): readonly string[] | null {
  return (layer[name] as readonly string[] | null | undefined) ?? null;
}

/** The lower of two numbers. @param fallback what holds where neither layer says anything */
export function effectiveLimit(
  rule: LimitRule,
  { operator, tenant }: Layers,
  fallback: number | null = typeof rule.fallback === 'number' ? rule.fallback : null,
): EffectiveValue<number> {
  const [set, own] = [limitIn(operator, rule), limitIn(tenant, rule)];
  const ceiling = set ?? rule.ceiling ?? null;
  if (ceiling !== null && (own === null || own >= ceiling))
    return { value: ceiling, source: set === null ? 'default' : 'operator' };
  if (own !== null) return { value: own, source: 'tenant' };
  return { value: fallback, source: 'default' };
}

/** What both layers allow, or all that either forbids. */
export function effectiveList(rule: ListRule, { operator, tenant }: Layers): EffectiveValue<readonly string[]> {
  const [ceiling, own] = [listIn(operator, rule), listIn(tenant, rule)];
  if (ceiling === null && own === null) return { value: null, source: 'default' };
  if (ceiling === null || own === null) return { value: ceiling ?? own, source: ceiling === null ? 'tenant' : 'operator' };
  const value = rule.kind === 'deny' ? [...ceiling, ...own] : common(ceiling, own, rule.covers);
  return { value: [...new Set(value)], source: 'both' };
}

/**
 * What of a layer of the tenant goes beyond the operator's. Rules that stay as they are may: the operator's may have become
 * stricter since, and then hold anyway.
 */
export function beyondCeiling(
  rules: readonly PolicyRule[],
  { ceiling, before, wanted }: { ceiling: LayerRules; before: LayerRules; wanted: LayerRules },
): InputIssue[] {
  return changedRules(rules, before, wanted).flatMap((rule) =>
    rule.kind === 'limit' ? beyondLimit(rule, ceiling, wanted) : rule.kind === 'allow' ? beyondList(rule, ceiling, wanted) : [],
  );
}

function beyondLimit(rule: LimitRule, ceiling: LayerRules, wanted: LayerRules): InputIssue[] {
  const set = limitIn(ceiling, rule);
  const [bound, value] = [set ?? rule.ceiling ?? null, limitIn(wanted, rule)];
  if (bound === null || value === null || value <= bound) return [];
  const whose = set === null ? 'unless the operator sets a higher ceiling' : 'which the operator set';
  return [{ pointer: `/${rule.name}`, code: 'beyond_ceiling', message: `must be at most ${bound}, ${whose}` }];
}

function beyondList(rule: ListRule, ceiling: LayerRules, wanted: LayerRules): InputIssue[] {
  const bound = listIn(ceiling, rule);
  if (bound === null) return [];
  return (listIn(wanted, rule) ?? []).flatMap((pattern, index) =>
    bound.some((allowed) => rule.covers(allowed, pattern))
      ? []
      : [
          {
            pointer: `/${rule.name}/${index}`,
            code: 'beyond_ceiling',
            message: `must be within ${listed(bound)}, which the operator allows`,
          },
        ],
  );
}

export function changedRules(rules: readonly PolicyRule[], before: LayerRules, after: LayerRules): PolicyRule[] {
  const textOf = (layer: LayerRules, { name }: PolicyRule) => JSON.stringify(layer[name] ?? null);
  return rules.filter((rule) => textOf(before, rule) !== textOf(after, rule));
}

/** The narrower of each two patterns that meet. */
function common(ones: readonly string[], others: readonly string[], covers: ListRule['covers']): string[] {
  return ones.flatMap((one) => others.flatMap((other) => (covers(one, other) ? [other] : covers(other, one) ? [one] : [])));
}
