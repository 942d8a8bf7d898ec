import { isAutomateError } from 'automate-client';
import { type ReactNode, useId } from 'react';

/** What ties a control to its label and to what is said of it. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly optional?: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly className?: string;
  children(control: ControlProps): ReactNode;
}

/** A control with its label, and below it what it is for or what is wrong with it. */
export function Field({ label, optional, hint, error, className = '', children }: FieldProps) {
  const id = useId();
  const isDescribed = error !== undefined || hint !== undefined;
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>
        {label} {optional && <span className="optional">({optional})</span>}
      </label>
      {children({
        id,
        'aria-describedby': isDescribed ? `${id}-note` : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {isDescribed && (
        <p id={`${id}-note`} className={error === undefined ? 'hint' : 'error'}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly type?: 'text' | 'email' | 'password' | 'number' | 'date';
  readonly isMono?: boolean;
  readonly isRequired?: boolean;
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly rows?: number;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly min?: number | string;
  readonly max?: number;
  readonly inputMode?: 'numeric';
  readonly pattern?: string;
  onChange(value: string): void;
}

export function TextField(props: TextFieldProps) {
  const { value, type = 'text', isMono, isRequired, autoComplete = 'off', rows, onChange, ...rest } = props;
  const { label, optional, hint, error, className, autoFocus, ...input } = rest;
  const shared = {
    className: isMono ? 'input mono' : 'input',
    value,
    required: isRequired,
    autoComplete,
    autoFocus,
    ...input,
  };
  return (
    <Field
      label={label}
      {...(optional !== undefined && { optional })}
      {...(hint !== undefined && { hint })}
      {...(className !== undefined && { className })}
      error={error}
    >
      {(control) =>
        rows === undefined ? (
          <input {...control} {...shared} type={type} onChange={({ target }) => onChange(target.value)} />
        ) : (
          <textarea
            {...control}
            className={shared.className}
            value={value}
            required={isRequired}
            rows={rows}
            placeholder={input.placeholder}
            onChange={({ target }) => onChange(target.value)}
          />
        )
      }
    </Field>
  );
}

interface SelectFieldProps<Value extends string> extends Omit<FieldProps, 'children'> {
  readonly value: NoInfer<Value>;
  readonly options: readonly (readonly [value: Value, label: string])[];
  onChange(value: NoInfer<Value>): void;
}

export function SelectField<Value extends string>({ value, options, onChange, ...field }: SelectFieldProps<Value>) {
  return (
    <Field {...field}>
      {(control) => (
        <select {...control} className="select" value={value} onChange={({ target }) => onChange(target.value as Value)}>
          {options.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** What the server says of a field. @param pointer as in `/name` */
export function issueAt(error: unknown, pointer: string): string | undefined {
  if (!isAutomateError(error)) return undefined;
  return error.errors.find((issue) => issue.pointer === pointer || issue.pointer.startsWith(`${pointer}/`))?.message;
}
