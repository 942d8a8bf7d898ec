import type { PromptTestSet } from 'automate-client';
import { useMemo } from 'react';
import type { FormIssue } from '../../../form/check.ts';
import { initialOf } from '../../../form/initial.ts';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { createResolver } from '../../../form/json-schema.ts';
import { isObject } from '../../../form/pointer.ts';
import { SchemaForm } from '../../../form/schema-form.tsx';
import { useTextOf } from '../../../text/text.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { VariablesForm } from '../variables-form.tsx';
import { useAssertionTypes } from './read.ts';
import { words } from './words.ts';

type Case = PromptTestSet['cases'][number];
type Assertion = Case['assertions'][number];

interface CaseFormProps {
  readonly value: Case;
  /** Of the variables. */
  readonly schema: JsonSchema;
  readonly isReadOnly: boolean;
  /** What the server said, with pointers into the case. */
  readonly issues: readonly FormIssue[];
  onChange(value: Case): void;
  onRemove(): void;
}

/** One case: its name, its variables, and what must hold. */
export function CaseForm({ value, schema, isReadOnly, issues, onChange, onRemove }: CaseFormProps) {
  const text = useTextOf(words);
  const types = useAssertionTypes().data ?? [];
  const { name, variables, assertions } = value;
  const set = (next: readonly Assertion[]) => onChange({ ...value, assertions: [...next] });
  const add = (type: string) => {
    const config = (types.find((one) => one.type === type)?.config ?? {}) as JsonSchema;
    const initial = initialOf(createResolver(config), config);
    set([...assertions, { type, ...(isObject(initial) && initial) } as Assertion]);
  };
  return (
    <section className="stack" aria-label={text.caseOf(name)}>
      <div className="row">
        <TextField
          label={text.caseTitle}
          className="flex-1"
          value={name}
          isRequired
          maxLength={200}
          error={issues.find(({ pointer }) => pointer === '/name')?.message}
          onChange={(next) => !isReadOnly && onChange({ ...value, name: next })}
        />
        {!isReadOnly && (
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={text.removeCase(name)}
            title={text.removeCase(name)}
            onClick={onRemove}
          >
            <Icon name="trash" />
          </button>
        )}
      </div>
      <VariablesForm
        schema={schema}
        value={variables}
        label={text.variables}
        isReadOnly={isReadOnly}
        onChange={(next) => onChange({ ...value, variables: next as Case['variables'] })}
      />
      <h3>{text.assertions}</h3>
      <p className="hint">{text.assertionsNote}</p>
      <ol className="pr-messages">
        {assertions.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an assertion has no other name
          <li key={`${index} ${one.type}`}>
            <AssertionFields
              value={one}
              config={types.find(({ type }) => type === one.type)?.config as JsonSchema | undefined}
              label={text.assertion(index + 1, text.types[one.type as keyof typeof text.types] ?? one.type)}
              isReadOnly={isReadOnly}
              issues={issues.filter(({ pointer }) => pointer.startsWith(`/assertions/${index}`))}
              onChange={(next) => set(assertions.map((each, at) => (at === index ? next : each)))}
              onRemove={() => set(assertions.filter((_, at) => at !== index))}
            />
          </li>
        ))}
      </ol>
      {!isReadOnly && (
        <select
          className="select w-auto"
          aria-label={text.addAssertion}
          value=""
          onChange={({ target }) => target.value && add(target.value)}
        >
          <option value="">{text.addAssertion}</option>
          {types.map(({ type, description }) => (
            <option key={type} value={type}>
              {text.types[type as keyof typeof text.types] ?? description}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}

interface AssertionProps {
  readonly value: Assertion;
  /** Schema of what is beside its type; undefined: there is no such type any more. */
  readonly config: JsonSchema | undefined;
  readonly label: string;
  readonly isReadOnly: boolean;
  readonly issues: readonly FormIssue[];
  onChange(value: Assertion): void;
  onRemove(): void;
}

/** One assertion, by the form that its own schema gives. */
function AssertionFields({ value, config, label, isReadOnly, issues, onChange, onRemove }: AssertionProps) {
  const text = useTextOf(words);
  const { type, ...rest } = value;
  const schema = useMemo(() => config && ({ ...config, properties: config.properties ?? {} } as JsonSchema), [config]);
  return (
    <section className="card" aria-label={label}>
      <header className="lined">
        <h4>{label}</h4>
        {!isReadOnly && (
          <span className="push">
            <button
              type="button"
              className="btn icon-only plain small"
              aria-label={text.removeAssertion(label)}
              title={text.removeAssertion(label)}
              onClick={onRemove}
            >
              <Icon name="trash" />
            </button>
          </span>
        )}
      </header>
      <div className="in-pane stack">
        {schema && (
          <SchemaForm
            schema={schema}
            value={rest}
            readOnly={isReadOnly}
            onChange={(next) => onChange({ type, ...(isObject(next) && next) } as Assertion)}
          />
        )}
        {issues.map(({ pointer, message }) => (
          <p key={`${pointer} ${message}`} className="error">
            <code>{pointer.split('/').slice(3).join('/')}</code> {message}
          </p>
        ))}
      </div>
    </section>
  );
}
