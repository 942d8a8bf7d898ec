import type { InputIssue } from '../../kernel/index.ts';
import { coversHost } from '../../outbound/index.ts';
import type { LimitRule, ListRule, Policy, PolicyRules, RetentionRule, RuleName, RuleSource } from './schemas.ts';
import { ruleNames } from './schemas.ts';
import { coversStepType } from './step-patterns.ts';

/** The two layers of a policy. */
export interface Layers {
  readonly operator: PolicyRules;
  readonly tenant: PolicyRules;
}

export interface Held<Value> {
  readonly value: Value | null;
  readonly source: RuleSource;
}

/** What holds where neither layer says anything. */
export type Defaults = Readonly<Record<RetentionRule | 'max_event_hops', number | null>>;

/** Ceilings where the operator set none. */
const CEILINGS: Partial<Record<RuleName, number>> = { max_descendants: 10_000 };

/** What of two layers holds, and whose it is. */
export function effectiveOf(layers: Layers, defaults: Defaults): Policy['effective'] {
  return Object.fromEntries(
    ruleNames.map((rule) => [rule, isList(rule) ? listOf(rule, layers) : numberOf(rule, layers, defaults)]),
  ) as Policy['effective'];
}

/** The lower of two numbers. */
export function numberOf(
  rule: LimitRule | RetentionRule,
  { operator, tenant }: Layers,
  defaults: Partial<Defaults> = {},
): Held<number> {
  const [ceiling, own] = [operator[rule] ?? CEILINGS[rule] ?? null, tenant[rule]];
  if (ceiling !== null && (own === null || own >= ceiling))
    return { value: ceiling, source: operator[rule] === null ? 'default' : 'operator' };
  if (own !== null) return { value: own, source: 'tenant' };
  return { value: (defaults as Partial<Record<RuleName, number | null>>)[rule] ?? null, source: 'default' };
}

function listOf(rule: ListRule, { operator, tenant }: Layers): Held<string[]> {
  const [ceiling, own] = [operator[rule], tenant[rule]] as [string[] | null, string[] | null];
  if (ceiling === null && own === null) return { value: null, source: 'default' };
  if (ceiling === null || own === null) return { value: ceiling ?? own, source: ceiling === null ? 'tenant' : 'operator' };
  const value = rule.startsWith('denied') ? [...ceiling, ...own] : common(ceiling, own, COVERS[rule]);
  return { value: [...new Set(value)], source: 'both' };
}

/**
 * What of a layer of the tenant goes beyond the operator's. Rules that stay as they are may: the operator's may have become
 * stricter since, and then hold anyway.
 */
export function beyondCeiling(ceiling: PolicyRules, before: PolicyRules, wanted: PolicyRules): InputIssue[] {
  return changedRules(before, wanted).flatMap((rule): InputIssue[] => {
    const [bound, value] = [ceiling[rule] ?? CEILINGS[rule] ?? null, wanted[rule]];
    if (bound === null || value === null) return [];
    if (typeof bound === 'number') {
      if ((value as number) <= bound) return [];
      return [{ pointer: `/${rule}`, code: 'beyond_ceiling', message: `must be at most ${bound}, ${whoseOf(rule, ceiling)}` }];
    }
    if (rule.startsWith('denied')) return [];
    const covers = COVERS[rule as ListRule];
    return (value as string[]).flatMap((pattern, index) =>
      bound.some((allowed) => covers(allowed, pattern))
        ? []
        : [
            {
              pointer: `/${rule}/${index}`,
              code: 'beyond_ceiling',
              message: `must be within ${list(bound)}, which the operator allows`,
            },
          ],
    );
  });
}

function whoseOf(rule: RuleName, { [rule]: set }: PolicyRules): string {
  return set === null ? 'unless the operator sets a higher ceiling' : 'which the operator set';
}

export function changedRules(before: PolicyRules, after: PolicyRules): RuleName[] {
  return ruleNames.filter((rule) => JSON.stringify(before[rule]) !== JSON.stringify(after[rule]));
}

/** Patterns for a sentence. */
export function list(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'nothing';
  const shown = patterns.slice(0, 10).join(', ');
  return patterns.length > 10 ? `${shown} and ${patterns.length - 10} more` : shown;
}

type Covers = (pattern: string, other: string) => boolean;

const equals: Covers = (one, other) => one === other;
const COVERS: Readonly<Record<ListRule, Covers>> = {
  allowed_step_types: coversStepType,
  denied_step_types: coversStepType,
  allowed_hosts: coversHost,
  denied_hosts: coversHost,
  allowed_secret_backends: equals,
};

/** The narrower of each two patterns that meet. */
function common(ones: readonly string[], others: readonly string[], covers: Covers): string[] {
  return ones.flatMap((one) => others.flatMap((other) => (covers(one, other) ? [other] : covers(other, one) ? [one] : [])));
}

function isList(rule: RuleName): rule is ListRule {
  return rule in COVERS;
}
