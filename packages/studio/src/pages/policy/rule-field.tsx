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
  const typed = form.typed[rule.name] ?? textOf(layer[rule.name]);
  const isWrong = ruleValueOf(rule, typed) === undefined;
  const theirs = form.meanwhile(rule);
  const other = (isCeiling ? policy.tenant : policy.operator) as Layer;
  const otherValue = other[rule.name] ?? null;
  const hints = [
    otherValue === null ? '' : (isCeiling ? text.tenantSays : text.operatorSays)(shown(otherValue)),
    rule.kind === 'limit'
      ? `${text.bounds(shown(rule.minimum), shown((!isCeiling && rule.ceiling) || rule.maximum))} ${text.emptyIsNone}`
      : `${text.patterns}${rule.kind === 'allow' ? ` ${text.nothingLine}` : ''}`,
  ];
  const error = isWrong
    ? text.notNumber
    : theirs !== undefined
      ? text.meanwhile(shown(theirs))
      : issueAt(form.save.error, `/${rule.name}`);
  const name = text.rules[rule.name] ?? rule.description;
  const facts = (
    <>
      <code>{rule.name}</code> · {text.inForce}: <b>{shown(held?.value)}</b>{' '}
      <span className="badge">{text.sources[held?.source ?? 'default']}</span>
    </>
  );
  if (isReadOnly)
    return (
      <div className="rule">
        <h3>{name}</h3>
        <p className="hint">{facts}</p>
      </div>
    );
  return (
    <TextField
      className="rule"
      label={name}
      hint={
        <>
          {facts}
          <br />
          {hints.filter(Boolean).join(' ')}
        </>
      }
      value={typed}
      error={error}
      onChange={(value) => form.type(rule.name, value)}
      {...(rule.kind === 'limit' ? { inputMode: 'numeric' as const } : { rows: 2, isMono: true })}
    />
  );
}
