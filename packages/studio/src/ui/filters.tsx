import { useEffect, useState } from 'react';
import { shortId } from '../format.ts';
import { useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';

interface SelectFilterProps<Value extends string> {
  readonly label: string;
  readonly value: Value | undefined;
  readonly options: readonly (readonly [value: Value, label: string])[];
  onChange(value: Value | undefined): void;
}

/** One of a few. The first choice is all of them. */
export function SelectFilter<Value extends string>({ label, value, options, onChange }: SelectFilterProps<Value>) {
  return (
    <select
      className={value === undefined ? 'select small quiet w-auto' : 'select small w-auto'}
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : (target.value as Value))}
    >
      <option value="">{label}</option>
      {options.map(([option, name]) => (
        <option key={option} value={option}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  onChange(value: string | undefined): void;
}

/** A text that is looked for when Enter is pressed, or the field is left. */
export function TextFilter({ label, value, onChange }: TextFilterProps) {
  const [typed, setTyped] = useState(value ?? '');
  useEffect(() => setTyped(value ?? ''), [value]);
  const submit = () => {
    if (typed.trim() !== (value ?? '')) onChange(typed.trim() || undefined);
  };
  return (
    <input
      className="input small quiet text-filter"
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={200}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={submit}
      onKeyDown={({ key }) => {
        if (key === 'Enter') submit();
      }}
    />
  );
}

interface SearchFilterProps {
  readonly label: string;
  /** @returns whether it was something to look for; then the field is emptied */
  onSearch(text: string): boolean;
}

/** The field that `/` leads to. */
export function SearchFilter({ label, onSearch }: SearchFilterProps) {
  const [typed, setTyped] = useState('');
  return (
    <label className="box quiet">
      <span className="sr">{label}</span>
      <Icon name="search" />
      <input
        type="search"
        placeholder={label}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter' && onSearch(typed.trim())) setTyped('');
        }}
      />
      <kbd className="mid">/</kbd>
    </label>
  );
}

interface ChipProps {
  readonly label: string;
  readonly value: string;
  /** The value as it stands there. Default: its last signs, as of an id. */
  readonly shown?: string;
  onRemove(): void;
}

/** A filter that is on and has no field of its own. */
export function Chip({ label, value, shown = shortId(value), onRemove }: ChipProps) {
  const text = useTextOf(words);
  return (
    <span className="chip">
      <span>
        <span className="key">{label}</span> <span title={value}>{shown}</span>
      </span>
      <button type="button" className="x" aria-label={text.remove(label)} onClick={onRemove}>
        <Icon name="x" size="s" />
      </button>
    </span>
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TRACE = /^[0-9a-f]{32}$/;

/** What a text names, when it is a whole id or a trace id. */
export function namedBy(text: string): { readonly id?: string; readonly trace?: string } {
  const wanted = text.trim().toLowerCase();
  if (UUID.test(wanted)) return { id: wanted };
  return TRACE.test(wanted) ? { trace: wanted } : {};
}
