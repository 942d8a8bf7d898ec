import { useEffect, useRef, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FieldView } from '../field-view.tsx';
import { type Field, fieldOf } from '../fields.ts';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { initialOf } from '../initial.ts';
import type { JsonSchema } from '../json-schema.ts';
import { below, isObject, isSame } from '../pointer.ts';
import { words } from '../words.ts';

interface Row {
  readonly key: number;
  readonly name: string;
  readonly value: unknown;
}

/** Entries with names that one gives. A name that is there twice is told, and the first one counts. */
export function MapField({ id, field, pointer, value, onChange, isReadOnly }: WidgetProps) {
  const text = useTextOf(words);
  const { resolver, report } = useFormState();
  const schema = field.schema.additionalProperties as JsonSchema;
  const last = useRef(0);
  const fresh = (entries: unknown): Row[] =>
    Object.entries(isObject(entries) ? entries : {}).map(([name, entry]) => ({ key: ++last.current, name, value: entry }));
  const [rows, setRows] = useState<readonly Row[]>(() => fresh(value));
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (!isSame(known, value)) setRows(fresh(value));
  }
  const isDoubled = (row: Row) => rows.find(({ name }) => name === row.name) !== row;
  const hasDoubled = rows.some(isDoubled);
  useEffect(() => {
    report(pointer, hasDoubled ? text.doubled : undefined);
    return () => report(pointer, undefined);
  }, [report, pointer, hasDoubled, text]);
  const change = (next: readonly Row[]) => {
    setRows(next);
    // The first of a name counts.
    const after = Object.fromEntries(next.toReversed().map((row) => [row.name, row.value]));
    const ordered = Object.fromEntries([...new Set(next.map(({ name }) => name))].map((name) => [name, after[name]]));
    setKnown(ordered);
    onChange(ordered);
  };
  const add = () => {
    const key = ++last.current;
    const initial = initialOf(resolver, schema) ?? (resolver.resolve(schema).schema.type === 'string' ? '' : null);
    change([...rows, { key, name: '', value: initial }]);
    setTimeout(() => document.getElementById(`${id}-n${key}`)?.focus());
  };
  const put = (row: Row, part: Partial<Row>) => change(rows.map((one) => (one === row ? { ...one, ...part } : one)));
  return (
    <div className="form-list">
      {rows.length === 0 && <p className="hint">{text.none}</p>}
      <ol>
        {rows.map((row, index) => (
          <Entry
            key={row.key}
            nameId={`${id}-n${row.key}`}
            row={row}
            field={fieldOf(resolver, row.name, schema, true)}
            pointer={pointer}
            place={text.item(field.label, index + 1)}
            isDoubled={isDoubled(row)}
            isReadOnly={isReadOnly}
            onChange={(part) => put(row, part)}
            onRemove={() => {
              change(rows.filter((one) => one !== row));
              document.getElementById(id)?.focus();
            }}
          />
        ))}
      </ol>
      {!isReadOnly && (
        <p>
          <button type="button" id={id} className="btn small" aria-label={text.addTo(field.label)} onClick={add}>
            <Icon name="plus" size="s" />
            {text.add}
          </button>
        </p>
      )}
    </div>
  );
}

interface EntryProps {
  readonly nameId: string;
  readonly row: Row;
  readonly field: Field;
  readonly pointer: string;
  /** What it is called while it has no name. */
  readonly place: string;
  readonly isDoubled: boolean;
  readonly isReadOnly: boolean;
  onChange(part: Partial<Row>): void;
  onRemove(): void;
}

function Entry({ nameId, row, field, pointer, place, isDoubled, isReadOnly, onChange, onRemove }: EntryProps) {
  const text = useTextOf(words);
  const label = row.name === '' ? place : row.name;
  return (
    <li className="form-line form-entry">
      <input
        id={nameId}
        className="input mono"
        aria-label={`${place}: ${text.name}`}
        value={row.name}
        readOnly={isReadOnly}
        aria-invalid={isDoubled || undefined}
        placeholder={text.name}
        spellCheck={false}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <FieldView
        field={{ ...field, label: `${label}: ${text.value}` }}
        pointer={below(pointer, isDoubled ? `${row.name} ${row.key}` : row.name)}
        value={row.value ?? undefined}
        isBare
        onChange={(next) => onChange({ value: next ?? null })}
      />
      {!isReadOnly && (
        <button
          type="button"
          className="btn icon-only plain small"
          aria-label={text.remove(label)}
          title={text.remove(label)}
          onClick={onRemove}
        >
          <Icon name="trash" size="s" />
        </button>
      )}
    </li>
  );
}
