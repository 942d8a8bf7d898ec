import { type KeyboardEvent, useRef, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { FieldView } from '../field-view.tsx';
import { fieldOf, widgetOf } from '../fields.ts';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { initialOf } from '../initial.ts';
import type { JsonSchema } from '../json-schema.ts';
import { below } from '../pointer.ts';
import { words } from '../words.ts';
import { movedIn, useRowKeys } from './rows.ts';

/** Entries one below the other: added, taken out, and moved, all by the keyboard too. */
export function List({ id, field, pointer, value, onChange, isReadOnly }: WidgetProps) {
  const text = useTextOf(words);
  const { resolver, idOf } = useFormState();
  const [said, setSaid] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const rows = useRowKeys(list.length);
  const schema = field.schema.items as JsonSchema;
  const isCompound = ['object', 'union', 'list', 'map'].includes(widgetOf(resolver.resolve(schema), resolver));
  const most = field.schema.maxItems ?? Number.POSITIVE_INFINITY;
  const focus = (index: number) =>
    setTimeout(() => {
      const row = box.current?.querySelectorAll<HTMLElement>(':scope > ol > li')[index];
      (
        row?.querySelector<HTMLElement>('input, textarea, select, [contenteditable="true"]') ?? document.getElementById(id)
      )?.focus();
    });
  const add = () => {
    onChange([...list, initialOf(resolver, schema) ?? (resolver.resolve(schema).schema.type === 'string' ? '' : null)]);
    focus(list.length);
  };
  const remove = (index: number) => {
    rows.removed(index);
    onChange(list.filter((_, at) => at !== index));
    focus(Math.min(index, list.length - 2));
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= list.length) return;
    rows.moved(from, to);
    onChange(movedIn(list, from, to));
    setSaid(text.moved(text.item(field.label, from + 1), to + 1, list.length));
  };
  const onKey = (event: KeyboardEvent, index: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || step === undefined || isReadOnly) return;
    event.preventDefault();
    event.stopPropagation();
    move(index, index + step);
  };
  return (
    <div ref={box} className="form-list">
      {list.length === 0 && <p className="hint">{text.none}</p>}
      <ol>
        {list.map((item, index) => {
          const label = text.item(field.label, index + 1);
          const item_ = { ...fieldOf(resolver, String(index), schema, true), label };
          return (
            <li
              key={rows.keys[index]}
              className={isCompound ? 'form-card' : 'form-line'}
              onKeyDown={(event) => onKey(event, index)}
            >
              <FieldView
                field={item_}
                pointer={below(pointer, index)}
                value={item ?? undefined}
                isBare={!isCompound}
                onChange={(next) => onChange(list.map((old, at) => (at === index ? (next ?? null) : old)))}
              />
              {!isReadOnly && (
                <RowButtons label={label} index={index} count={list.length} onMove={move} onRemove={() => remove(index)} />
              )}
            </li>
          );
        })}
      </ol>
      {!isReadOnly && list.length < most && (
        <p className="row wrap">
          <button type="button" id={idOf(pointer)} className="btn small" aria-label={text.addTo(field.label)} onClick={add}>
            <Icon name="plus" size="s" />
            {text.add}
          </button>
          {list.length > 1 && <span className="hint mid">{text.moveHint}</span>}
        </p>
      )}
      <span className="sr" role="status">
        {said}
      </span>
    </div>
  );
}

interface RowButtonsProps {
  readonly label: string;
  readonly index: number;
  readonly count: number;
  onMove(from: number, to: number): void;
  onRemove(): void;
}

function RowButtons({ label, index, count, onMove, onRemove }: RowButtonsProps) {
  const text = useTextOf(words);
  const button = (name: string, icon: 'up' | 'fall' | 'trash', isOff: boolean, act: () => void) => (
    <button
      type="button"
      className="btn icon-only plain small"
      aria-label={name}
      title={name}
      aria-disabled={isOff || undefined}
      onClick={() => !isOff && act()}
    >
      <Icon name={icon} size="s" />
    </button>
  );
  return (
    <span className="form-row-buttons">
      {count > 1 && button(text.up(label), 'up', index === 0, () => onMove(index, index - 1))}
      {count > 1 && button(text.down(label), 'fall', index === count - 1, () => onMove(index, index + 1))}
      {button(text.remove(label), 'trash', false, onRemove)}
    </span>
  );
}
