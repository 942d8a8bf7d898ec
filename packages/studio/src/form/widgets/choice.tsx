import { useTextOf } from '../../text/text.tsx';
import { hint } from '../fields.ts';
import { useFormState, type WidgetProps } from '../form-context.ts';
import { words } from '../words.ts';
import { emptyOf } from './empty.ts';

/** Choices are any JSON; elements of a form only know texts. */
const keyOf = (choice: unknown) => JSON.stringify(choice) ?? '';

/** What choices are called: by `x-labels` of the schema, else as they are. */
function labelOf(schema: Readonly<Record<string, unknown>>, choice: unknown): string {
  const labels = hint(schema, 'labels');
  const known = typeof labels === 'object' && labels !== null ? (labels as Record<string, unknown>)[String(choice)] : undefined;
  if (typeof known === 'string') return known;
  return typeof choice === 'string' ? choice || '""' : keyOf(choice);
}

/** One of several. */
export function Choice({ id, field, value, onChange, isReadOnly, isInvalid, describedBy }: WidgetProps) {
  const text = useTextOf(words);
  const { schema, isRequired, isNullable } = field;
  const choices = schema.enum ?? [];
  const chosen = value ?? (isRequired || isNullable ? undefined : schema.default);
  const isKnown = choices.some((choice) => keyOf(choice) === keyOf(chosen));
  const isUnset = chosen === undefined || chosen === null;
  return (
    <select
      id={id}
      className="select"
      value={isUnset ? '' : keyOf(chosen)}
      disabled={isReadOnly}
      aria-invalid={isInvalid || undefined}
      aria-describedby={describedBy}
      onChange={({ target }) => {
        onChange(target.value === '' ? emptyOf(field) : JSON.parse(target.value));
      }}
    >
      {(isUnset || isNullable || (!isRequired && schema.default === undefined)) && (
        <option value="" disabled={isRequired && !isNullable}>
          {isRequired && !isNullable ? text.choose : text.notSet}
        </option>
      )}
      {!isKnown && !isUnset && <option value={keyOf(chosen)}>{labelOf(schema, chosen)}</option>}
      {choices.map((choice) => (
        <option key={keyOf(choice)} value={keyOf(choice)}>
          {labelOf(schema, choice)}
        </option>
      ))}
    </select>
  );
}

/** Any of several. */
export function Many({ id, field, value, onChange, isReadOnly }: WidgetProps) {
  const { resolver } = useFormState();
  const { schema } = resolver.resolve(field.schema.items);
  const choices = schema.enum ?? [];
  const chosen = Array.isArray(value) ? value : [];
  const known = new Set(choices.map(keyOf));
  const all = [...choices, ...chosen.filter((choice) => !known.has(keyOf(choice)))];
  return (
    <div className="form-many">
      {all.map((choice, index) => {
        const isChosen = chosen.some((one) => keyOf(one) === keyOf(choice));
        return (
          <label key={keyOf(choice)} className="check">
            <input
              id={index === 0 ? id : undefined}
              type="checkbox"
              checked={isChosen}
              disabled={isReadOnly}
              onChange={() => onChange(isChosen ? chosen.filter((one) => keyOf(one) !== keyOf(choice)) : [...chosen, choice])}
            />
            {labelOf(schema, choice)}
          </label>
        );
      })}
    </div>
  );
}
