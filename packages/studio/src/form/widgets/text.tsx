import { useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { readNumber } from '../number.ts';
import { words } from '../words.ts';
import { asText, emptyOf } from './empty.ts';

const TYPES: Readonly<Record<string, string>> = { email: 'email', uri: 'url', url: 'url' };

export function Text({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const { format, maxLength, examples } = field.schema;
  const isCode = format === 'uuid' || format === 'regex' || field.schema['x-mono'] === true;
  return (
    <input
      id={id}
      className={isCode ? 'input mono' : 'input'}
      type={TYPES[format ?? ''] ?? 'text'}
      value={asText(value)}
      maxLength={maxLength}
      placeholder={typeof examples?.[0] === 'string' ? examples[0] : undefined}
      readOnly={isReadOnly}
      required={field.isRequired}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      spellCheck={isCode || format ? false : undefined}
      autoComplete="off"
      onChange={(event) => onChange(event.target.value === '' ? emptyOf(field) : event.target.value)}
    />
  );
}

export function LongText({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = asText(value);
  return (
    <textarea
      id={id}
      className="input"
      rows={Math.min(Math.max(text.split('\n').length, 3), 16)}
      value={text}
      maxLength={field.schema.maxLength}
      readOnly={isReadOnly}
      required={field.isRequired}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value === '' ? emptyOf(field) : event.target.value)}
    />
  );
}

/** A template, or code of any kind: as it is typed, in mono. */
export function Code({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = asText(value);
  return (
    <textarea
      id={id}
      className="input mono form-code"
      rows={Math.min(Math.max(text.split('\n').length + 1, 4), 24)}
      value={text}
      readOnly={isReadOnly}
      spellCheck={false}
      autoCapitalize="off"
      aria-labelledby={`${id}-l`}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value === '' ? emptyOf(field) : event.target.value)}
    />
  );
}

/** A number as it was typed; what JavaScript does not hold exactly stays a text. */
export function NumberField({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const [typed, setTyped] = useState<string>();
  // What was typed stays as it is while it means the value: "1.0" is not made "1" below the fingers.
  const shown = typed !== undefined && readNumber(typed) === (value ?? undefined) ? typed : asText(value);
  return (
    <input
      id={id}
      className="input form-number"
      inputMode={field.schema.type === 'integer' ? 'numeric' : 'decimal'}
      value={shown}
      readOnly={isReadOnly}
      required={field.isRequired}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(readNumber(event.target.value) ?? emptyOf(field));
      }}
    />
  );
}

/** On, off, and, where it may be, neither. */
export function Switch({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  if (field.isNullable)
    return (
      <select
        id={id}
        className="select"
        value={String(value ?? '')}
        disabled={isReadOnly}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) => onChange(target.value === '' ? null : target.value === 'true')}
      >
        <option value="">{text.notSet}</option>
        <option value="true">true</option>
        <option value="false">false</option>
      </select>
    );
  const isOn = value === undefined ? field.schema.default === true : value === true;
  return (
    <input
      id={id}
      type="checkbox"
      role="switch"
      checked={isOn}
      aria-checked={isOn}
      disabled={isReadOnly}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      onChange={({ target }) => onChange(target.checked)}
    />
  );
}

/** What goes in and never comes out: left empty, it stays as it is. */
export function Password({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  const { isStored } = useFormState();
  const [isShown, setShown] = useState(false);
  const label = isShown ? text.hide : text.show;
  return (
    <div className="box" aria-invalid={isInvalid || undefined}>
      <Icon name="lock" />
      <input
        id={id}
        className="mono"
        type={isShown ? 'text' : 'password'}
        value={asText(value)}
        placeholder={isStored && !field.isRequired ? text.kept : undefined}
        readOnly={isReadOnly}
        required={field.isRequired}
        autoComplete="new-password"
        spellCheck={false}
        aria-invalid={isInvalid || undefined}
        aria-describedby={describedBy}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
      />
      <button
        type="button"
        className="btn icon-only plain small"
        aria-label={`${label}: ${field.label}`}
        title={label}
        onClick={() => setShown(!isShown)}
      >
        <Icon name={isShown ? 'eyeoff' : 'eye'} size="s" />
      </button>
    </div>
  );
}
