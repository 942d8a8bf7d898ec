import { useId } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { type AskedField, type Filled, isBox } from './fields.ts';
import { words } from './words.ts';

/** A text that may be longer gets a field of several lines. */
const LONG_TEXT = 200;
const INPUTS: Readonly<Record<string, string>> = {
  date: 'date',
  'date-time': 'datetime-local',
  time: 'time',
  email: 'email',
  uri: 'url',
};

interface DataFieldsProps {
  readonly fields: readonly AskedField[];
  readonly filled: Filled;
  /** What the server says of each, by the name of its property. */
  readonly problems: Readonly<Record<string, string>>;
  onChange(filled: Filled): void;
}

/** What an approval asks for, a field for each property of its schema. */
export function DataFields({ fields, filled, problems, onChange }: DataFieldsProps) {
  return fields.map((field) => (
    <Field
      key={field.name}
      field={field}
      value={filled[field.name]}
      problem={problems[field.name]}
      onChange={(value) => onChange({ ...filled, [field.name]: value })}
    />
  ));
}

interface FieldProps {
  readonly field: AskedField;
  readonly value: string | boolean | undefined;
  readonly problem: string | undefined;
  onChange(value: string | boolean): void;
}

function Field({ field: { name, schema, isRequired }, value, problem, onChange }: FieldProps) {
  const text = useTextOf(words);
  const id = useId();
  const isPlain = schema.enum !== undefined || ['string', 'number', 'integer', 'boolean'].includes(schema.type ?? '');
  const hint = [schema.description, !isRequired && !isBox(schema) && text.optional, !isPlain && text.asJson]
    .filter(Boolean)
    .join(' ');
  const shared = {
    id,
    'aria-describedby': `${id}-hint`,
    'aria-invalid': problem !== undefined,
    required: isRequired && !isBox(schema),
  };
  const below = (
    <p id={`${id}-hint`} className={problem ? 'error anywhere' : 'hint anywhere'}>
      {problem ?? hint}
    </p>
  );
  if (isBox(schema))
    return (
      <div className="field">
        <label className="check" htmlFor={id}>
          <input {...shared} type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
          <span className="anywhere">{schema.title ?? name}</span>
        </label>
        {below}
      </div>
    );
  return (
    <div className="field">
      <label htmlFor={id} className="anywhere">
        {schema.title ?? name}
      </label>
      <Control schema={schema} value={typeof value === 'string' ? value : ''} shared={shared} onChange={onChange} />
      {below}
    </div>
  );
}

interface ControlProps extends Pick<AskedField, 'schema'> {
  readonly value: string;
  readonly shared: { readonly id: string; readonly required: boolean };
  onChange(value: string): void;
}

function Control({ schema, value, shared, onChange }: ControlProps) {
  const text = useTextOf(words);
  const { type, format = '', enum: choices, maxLength } = schema;
  if (choices)
    return (
      <select {...shared} className="select" value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{shared.required ? text.choose : '–'}</option>
        {choices.map((choice) => {
          const json = JSON.stringify(choice);
          return (
            <option key={json} value={json}>
              {typeof choice === 'string' ? choice : json}
            </option>
          );
        })}
      </select>
    );
  const isNumber = type === 'number' || type === 'integer';
  const isLong = type === 'string' && (format === 'multiline' || (maxLength !== undefined && maxLength > LONG_TEXT));
  if (isLong || (type !== 'string' && !isNumber))
    return (
      <textarea
        {...shared}
        className={isLong ? 'input' : 'input mono'}
        rows={4}
        value={value}
        {...(maxLength !== undefined && { maxLength })}
        onChange={({ target }) => onChange(target.value)}
      />
    );
  return (
    <input
      {...shared}
      className="input"
      type={isNumber ? 'text' : (INPUTS[format] ?? 'text')}
      {...(isNumber && { inputMode: type === 'integer' ? ('numeric' as const) : ('decimal' as const) })}
      {...(maxLength !== undefined && { maxLength })}
      autoComplete="off"
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
