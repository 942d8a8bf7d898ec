import type { FieldDescription } from 'automate-client';
import { useTextOf } from '../../text/text.tsx';
import type { Row } from './model.ts';
import type { RowEdits } from './row-edits.ts';
import { words } from './words.ts';

interface EditCellProps {
  readonly field: FieldDescription;
  readonly row: Row;
  /** What the row is called. */
  readonly name: string;
  readonly edits: RowEdits;
}

/** A column of a list that is changed in place. */
export function EditCell({ field, row, name, edits }: EditCellProps) {
  const text = useTextOf(words);
  const value = edits.valueOf(row, field.name);
  const label = text.of(field.verbose_name, name);
  const change = (next: unknown) => edits.set(row, field.name, next);
  if (field.type === 'boolean')
    return (
      <label className="hit">
        <input type="checkbox" aria-label={label} checked={value === true} onChange={({ target }) => change(target.checked)} />
      </label>
    );
  if (field.choices)
    return (
      <select
        className="select small quiet"
        aria-label={label}
        value={JSON.stringify(value ?? null)}
        onChange={({ target }) => change(JSON.parse(target.value))}
      >
        {field.nullable && <option value="null">–</option>}
        {field.choices.map((choice) => (
          <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
            {String(choice)}
          </option>
        ))}
      </select>
    );
  const isNumber = field.type === 'integer' || field.type === 'number';
  return (
    <input
      className={isNumber ? 'input small num' : 'input small'}
      aria-label={label}
      inputMode={isNumber ? 'decimal' : undefined}
      maxLength={field.max_length}
      value={value === null || value === undefined ? '' : String(value)}
      onChange={({ target }) => change(written(field, target.value, isNumber))}
    />
  );
}

/** What cannot be a number exactly stays a text, which the server refuses by name. */
function written({ nullable }: FieldDescription, text: string, isNumber: boolean): unknown {
  if (text === '' && (nullable || isNumber)) return null;
  if (!isNumber) return text;
  const number = Number(text);
  return text.trim() !== '' && String(number) === text.trim() ? number : text;
}

/** Columns that can be changed without a form of their own. */
export function isSimple({ type, format, relation }: FieldDescription): boolean {
  return !['array', 'object', 'json'].includes(type) && relation === undefined && format !== 'date-time' && format !== 'uuid';
}
