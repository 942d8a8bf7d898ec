import { useMemo, useState } from 'react';
import { objectOf } from '../../data/typed-json.ts';
import type { FormIssue } from '../../form/check.ts';
import type { JsonSchema } from '../../form/json-schema.ts';
import { isObject } from '../../form/pointer.ts';
import { SchemaForm } from '../../form/schema-form.tsx';
import { useTextOf } from '../../text/text.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { words } from './words.ts';

interface VariablesFormProps {
  /** What each may be: an object's, with `properties`. */
  readonly schema: JsonSchema;
  readonly value: Readonly<Record<string, unknown>>;
  readonly label: string;
  readonly isReadOnly?: boolean;
  /** What the server said, with pointers into the value. */
  readonly issues?: readonly FormIssue[];
  onChange(value: Record<string, unknown>): void;
}

/** Values of variables: fields by their schema, or JSON for what no field can write. */
export function VariablesForm({ schema, value, label, isReadOnly = false, issues, onChange }: VariablesFormProps) {
  const text = useTextOf(words);
  const [isJson, setJson] = useState(false);
  const [typed, setTyped] = useState('');
  const asForm = useMemo(() => writable(schema), [schema]);
  const show = (next: boolean) => {
    if (next) setTyped(JSON.stringify(value, null, 2));
    setJson(next);
  };
  const isEmpty = Object.keys(asForm.properties ?? {}).length === 0;
  return (
    <section className="stack" aria-label={label}>
      <div className="row">
        <h2>{label}</h2>
        <fieldset className="seg small push" aria-label={text.asWhat(label)}>
          <button type="button" aria-pressed={!isJson} onClick={() => show(false)}>
            {text.fields}
          </button>
          <button type="button" aria-pressed={isJson} onClick={() => show(true)}>
            JSON
          </button>
        </fieldset>
      </div>
      {isJson ? (
        <>
          <JsonEditor
            value={typed}
            label={text.asJson(label)}
            isReadOnly={isReadOnly}
            {...(issues && { issues: issues.map(({ pointer, message = '' }) => ({ pointer, message })) })}
            onChange={(next) => {
              setTyped(next);
              const found = objectOf(next);
              if (found) onChange(found);
            }}
          />
          {objectOf(typed) === undefined && <p className="error">{text.notObject}</p>}
        </>
      ) : isEmpty ? (
        <p className="soft small">{text.noVariables}</p>
      ) : (
        <SchemaForm
          schema={asForm}
          document={schema}
          value={value}
          readOnly={isReadOnly}
          {...(issues && { issues })}
          onChange={(next) => onChange(isObject(next) ? (next as Record<string, unknown>) : {})}
        />
      )}
    </section>
  );
}

/** A variable of which nothing is said is written as a text, and a text has room. */
function writable(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([name, given]) => {
    const one = isObject(given) ? (given as JsonSchema) : {};
    const says = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'].some((word) => one[word] !== undefined);
    if (!says) return [name, { ...one, type: 'string', 'x-widget': 'long-text' }] as const;
    const isText = one.type === 'string' && one.enum === undefined && one.format === undefined && (one.maxLength ?? 999) > 100;
    return [name, isText ? { ...one, 'x-widget': 'long-text' } : one] as const;
  });
  return { ...schema, type: 'object', properties: Object.fromEntries(properties) };
}

/** What a trial begins with: defaults, and nothing in place of what is not given. */
export function sampleOf(schema: JsonSchema | undefined): Record<string, unknown> {
  const properties = isObject(schema?.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, given]) => {
      if (!isObject(given)) return [];
      const { default: standard, examples } = given as JsonSchema;
      if (standard !== undefined) return [[name, standard]];
      return Array.isArray(examples) && examples.length > 0 ? [[name, examples[0]]] : [];
    }),
  );
}
