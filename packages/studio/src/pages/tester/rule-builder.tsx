import { useId, useMemo, useState } from 'react';
import { isSame } from '../../form/pointer.ts';
import { useTextOf } from '../../text/text.tsx';
import type { Explanation } from '../../ui/explain/explanation.ts';
import { Icon } from '../../ui/icon.tsx';
import { pathsOf } from '../../ui/rule-operators.ts';
import {
  type Condition,
  type Group,
  type Operator,
  operators,
  operatorsFor,
  type Part,
  parsedList,
  parsedValue,
  shownValue,
  toGroup,
  toRule,
  unary,
} from './builder.ts';
import { words } from './words.ts';

interface BuilderProps {
  readonly rule: unknown;
  /** The event that it is tested on: its paths can be chosen. */
  readonly event: unknown;
  /** Why the rule decides as it does about the event. */
  readonly explanation: Explanation | undefined;
  onChange(rule: unknown): void;
}

/** A rule as groups of conditions, for who does not write JSONLogic. What it cannot show stays as it is. */
export function RuleBuilder({ rule, event, explanation, onChange }: BuilderProps) {
  const id = useId();
  const paths = useMemo(() => pathsOf(event), [event]);
  // How it was built stays as long as the rule is what was built.
  const [built, setBuilt] = useState<Group>(() => toGroup(rule));
  const group = useMemo(() => (isSame(toRule(built), rule) ? built : toGroup(rule)), [built, rule]);
  const change = (next: Group) => {
    setBuilt(next);
    onChange(toRule(next));
  };
  return (
    <div className="builder">
      <datalist id={id}>
        {[...paths.keys()].map((path) => (
          <option key={path} value={path} />
        ))}
      </datalist>
      <GroupPart group={group} explanation={startOf(group, explanation)} shared={{ id, paths }} onChange={change} />
    </div>
  );
}

interface Shared {
  /** Of the list of paths. */
  readonly id: string;
  readonly paths: ReadonlyMap<string, unknown>;
}

interface GroupProps {
  readonly group: Group;
  readonly explanation: readonly Explanation[];
  readonly shared: Shared;
  onChange(group: Group): void;
  /** Undefined for the outermost. */
  onRemove?(): void;
}

const EMPTY: Condition = { kind: 'condition', path: '', operator: 'is', value: '' };

function GroupPart({ group, explanation, shared, onChange, onRemove }: GroupProps) {
  const text = useTextOf(words);
  const { mode, parts } = group;
  const put = (index: number, part: Part) => onChange({ ...group, parts: parts.with(index, part) });
  const drop = (index: number) => onChange({ ...group, parts: parts.toSpliced(index, 1) });
  const add = (part: Part) => onChange({ ...group, parts: [...parts, part] });
  return (
    <div className="rgroup" role="group" aria-label={text.modes[mode]}>
      <div className="row">
        <select
          className="select small w-auto"
          aria-label={text.combine}
          value={mode}
          onChange={({ target }) => onChange({ ...group, mode: target.value as Group['mode'] })}
        >
          {(['all', 'any', 'none'] as const).map((one) => (
            <option key={one} value={one}>
              {text.modes[one]}
            </option>
          ))}
        </select>
        <span className="soft small">{parts.length > 0 ? text.hold : mode === 'any' ? text.never : text.always}</span>
        {onRemove && <Remove label={text.removeGroup} onRemove={onRemove} />}
      </div>
      {parts.length > 0 && (
        <ul className="conds">
          {parts.map((part, index) => {
            const said = explanation[index];
            return (
              <PartLine
                key={keyOf(index)}
                part={part}
                said={said}
                shared={shared}
                onChange={(next) => put(index, next)}
                onRemove={() => drop(index)}
              />
            );
          })}
        </ul>
      )}
      <div className="row">
        <button type="button" className="btn small plain" onClick={() => add(EMPTY)}>
          <Icon name="plus" />
          {text.addCondition}
        </button>
        <button
          type="button"
          className="btn small plain"
          onClick={() => add({ kind: 'group', mode: mode === 'any' ? 'all' : 'any', parts: [EMPTY] })}
        >
          <Icon name="plus" />
          {text.addGroup}
        </button>
      </div>
    </div>
  );
}

interface PartProps {
  readonly part: Part;
  readonly said: Explanation | undefined;
  readonly shared: Shared;
  onChange(part: Part): void;
  onRemove(): void;
}

function PartLine({ part, said, shared, onChange, onRemove }: PartProps) {
  const text = useTextOf(words);
  if (part.kind === 'group')
    return (
      <li>
        <GroupPart group={part} explanation={partsOf(part, said)} shared={shared} onChange={onChange} onRemove={onRemove} />
      </li>
    );
  if (part.kind === 'other')
    return (
      <li className="json-part">
        <pre role="group" tabIndex={0} aria-label={text.other}>
          {JSON.stringify(part.rule, null, 1)}
        </pre>
        <Remove label={text.removeOther} onRemove={onRemove} />
      </li>
    );
  return <ConditionLine condition={part} said={said} shared={shared} onChange={onChange} onRemove={onRemove} />;
}

function ConditionLine({
  condition,
  said,
  shared,
  onChange,
  onRemove,
}: Omit<PartProps, 'part'> & { readonly condition: Condition }) {
  const text = useTextOf(words);
  const { path, operator } = condition;
  const sample = shared.paths.get(path);
  const offered = operatorsFor(sample);
  const shown = offered.includes(operator) ? offered : [operator, ...offered];
  const isTrue = said && said.skipped !== true ? isTruthy(said.value) : undefined;
  const choose = (next: Operator) => {
    const isList = next === 'isOneOf' || next === 'isNoneOf';
    const value = unary.has(next) ? null : condition.value === null && unary.has(operator) ? '' : condition.value;
    onChange({ ...condition, operator: next, value: isList && !Array.isArray(value) ? (value === '' ? [] : [value]) : value });
  };
  return (
    <li className="cond" data-v={isTrue}>
      <span className="cond-v">
        {isTrue !== undefined && (
          <>
            <Icon name={isTrue ? 'check' : 'x'} size="s" />
            <span className="sr">{isTrue ? text.true : text.false}</span>
          </>
        )}
      </span>
      <label className="box fieldbox">
        <span className="sr">{text.field}</span>
        <input
          className="mono"
          list={shared.id}
          spellCheck={false}
          value={path}
          placeholder="payload.…"
          onChange={({ target }) => onChange({ ...condition, path: target.value })}
        />
      </label>
      <select
        className="select small"
        aria-label={text.operator}
        value={operator}
        onChange={({ target }) => choose(target.value as Operator)}
      >
        {(sample === undefined ? operators : shown).map((one) => (
          <option key={one} value={one}>
            {text.operators[one]}
          </option>
        ))}
      </select>
      {unary.has(operator) ? (
        <span />
      ) : (
        <ValueField condition={condition} sample={sample} onChange={(value) => onChange({ ...condition, value })} />
      )}
      <Remove label={text.remove(path)} onRemove={onRemove} />
    </li>
  );
}

interface ValueProps {
  readonly condition: Condition;
  readonly sample: unknown;
  onChange(value: unknown): void;
}

/** What is typed stays as it is typed, as long as it means the value. */
function ValueField({ condition, sample, onChange }: ValueProps) {
  const text = useTextOf(words);
  const { value, operator } = condition;
  const [typed, setTyped] = useState(() => shownValue(value));
  const read = (written: string): unknown => {
    if (operator === 'isOneOf' || operator === 'isNoneOf') return parsedList(written, sample);
    // An item of a list is told by the list's first one.
    return parsedValue(written, Array.isArray(sample) && !operator.startsWith('count') ? sample[0] : sample);
  };
  const shown = isSame(read(typed), value) || isSame(parsedValue(typed), value) ? typed : shownValue(value);
  return (
    <input
      className="input small mono"
      aria-label={text.value}
      spellCheck={false}
      value={shown}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(read(target.value));
      }}
    />
  );
}

function Remove({ label, onRemove }: { label: string; onRemove(): void }) {
  return (
    <button type="button" className="btn icon-only plain small push" aria-label={label} title={label} onClick={onRemove}>
      <Icon name="x" />
    </button>
  );
}

/** What is said of the parts of the outermost group. */
function startOf(group: Group, said: Explanation | undefined): readonly Explanation[] {
  if (!said) return [];
  return group.isBare && group.mode !== 'none' && group.parts.length === 1 ? [said] : partsOf(group, said);
}

/** `none` is a negation of `or`. */
function partsOf({ mode }: Group, said: Explanation | undefined): readonly Explanation[] {
  if (!said || said.skipped) return [];
  const operands = mode === 'none' ? said.arguments[0]?.arguments : said.arguments;
  return operands ?? [];
}

/** Parts have no other name, and stand where they stand. */
function keyOf(index: number): string {
  return `part ${index}`;
}

function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
