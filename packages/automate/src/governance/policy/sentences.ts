import type { PolicyRule } from './rule.ts';

/** Which rule refuses, and whose it is. */
export function setBy({ name }: PolicyRule, source: string): string {
  if (source === 'default') return `the rule "${name}", as it is where nobody set it`;
  return `the rule "${name}", set by ${source === 'operator' ? 'the operator' : 'your tenant'}`;
}

/** Who can change that. */
export function orChange(source: string): string {
  return source !== 'tenant'
    ? 'or ask the operator of this installation to change the policy.'
    : 'or have the policy changed at /api/v1/policy/ by somebody with the scope policy:write.';
}

/** Patterns for a sentence. */
export function listed(patterns: readonly string[]): string {
  if (patterns.length === 0) return 'nothing';
  const shown = patterns.slice(0, 10).join(', ');
  return patterns.length > 10 ? `${shown} and ${patterns.length - 10} more` : shown;
}
