import type { Policy } from 'automate-client';
import { useTextOf, useWords } from '../../text/text.tsx';
import { issueAt, TextField } from '../../ui/field.tsx';
import { type Layer, type Rule, ruleValueOf, textOf, type Value } from './rules.ts';
import type { usePolicy } from './use-policy.ts';
import { words } from './words.ts';

interface RuleFieldProps {
  readonly rule: Rule;
  readonly form: ReturnType<typeof usePolicy>;
  readonly policy: Policy;
  readonly layer: Layer;
  readonly isCeiling: boolean;
  readonly isReadOnly: boolean;
}

/** One rule: what it is about, what holds and who set it, and one's own. */
export function RuleField({ rule, form, policy, layer, isCeiling, isReadOnly }: RuleFieldProps) {
  const text = useTextOf(words);
  const { language } = useWords();
  const shown = (value: Value | undefined) => {
    if (typeof value === 'number') return value.toLocaleString(language);
    if (value) return value.join(', ') || text.none;
    return rule.kind === 'limit' ? text.noLimit : rule.kind === 'allow' ? text.all : text.nothingForbidden;
  };
  const held = (policy.effective as Readonly<Record<string, { value: Value; source: keyof typeof text.sources }>>)[rule.name];
  const other = (isCeiling ? policy.tenant : policy.operator) as Layer;
  const typed = form.typed[rule.name] ?? textOf(layer[rule.name]);
  const isWrong = ruleValueOf(rule, typed) === undefined;
  const theirs = form.meanwhile(rule);
  const hints = [
    other[rule.name] === null || other[rule.name] === undefined
      ? ''
      : (isCeiling ? text.tenantSays : text.operatorSays)(shown(other[rule.name])),
    rule.kind === 'limit'
      ? `${text.bounds(shown(rule.minimum), shown((!isCeiling && rule.ceiling) || rule.maximum))} ${text.emptyIsNone}`
      : `${text.patterns}${rule.kind === 'allow' ? ` ${text.nothingLine}` : ''}`,
  ];
  const error = isWrong
    ? text.notNumber
    : theirs !== undefined
      ? text.meanwhile(shown(theirs))
      : issueAt(form.save.error, `/${rule.name}`);
  return (
    <div className="rule">
      <h3>{text.rules[rule.name] ?? rule.description}</h3>
      <p className="soft small">
        <code>{rule.name}</code> · {text.inForce}: <b>{shown(held?.value)}</b>{' '}
        <span className="badge">{text.sources[held?.source ?? 'default']}</span>
      </p>
      {!isReadOnly && (
        <TextField
          label={isCeiling ? text.ceiling : text.own}
          hint={hints.filter(Boolean).join(' ')}
          value={typed}
          error={error}
          onChange={(value) => form.type(rule.name, value)}
          {...(rule.kind === 'limit' ? { inputMode: 'numeric' as const } : { rows: 2, isMono: true })}
        />
      )}
    </div>
  );
}
