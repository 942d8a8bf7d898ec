import { useMemo } from 'react';
import type { JsonSchema } from '../../../form/json-schema.ts';
import { isObject } from '../../../form/pointer.ts';
import { SchemaForm } from '../../../form/schema-form.tsx';
import { useTextOf } from '../../../text/text.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { JsonEditor } from '../../../ui/json-editor.tsx';
import { type PlacedIssues, type PromptDraft, undeclared, withVariable } from './document.ts';
import { words } from './words.ts';

interface SettingsProps {
  readonly draft: PromptDraft;
  readonly issues: PlacedIssues;
  readonly isReadOnly: boolean;
  onChange(part: Partial<PromptDraft>): void;
}

/** What the variables are, and what the model is asked with. */
export function SettingsForm({ draft, issues, isReadOnly, onChange }: SettingsProps) {
  const text = useTextOf(words);
  const schema = useMemo(() => paramsSchema(text.params), [text]);
  const missing = undeclared(draft);
  return (
    <>
      <section className="stack" aria-labelledby="h-variables">
        <h2 id="h-variables">{text.variables}</h2>
        <p className="hint">{text.variablesNote}</p>
        <JsonEditor
          value={draft.variables}
          label={text.variablesLabel}
          isReadOnly={isReadOnly}
          issues={issues.variables.map(({ pointer, message = '' }) => ({ pointer, message }))}
          onChange={(variables) => onChange({ variables })}
        />
        {!isReadOnly && missing.length > 0 && (
          <p className="row wrap">
            <span className="soft">{text.undeclared}</span>
            {missing.map((name) => (
              <button
                key={name}
                type="button"
                className="btn small"
                onClick={() => onChange({ variables: withVariable(draft.variables, name) })}
              >
                <Icon name="plus" />
                {text.declare(name)}
              </button>
            ))}
          </p>
        )}
      </section>
      <section className="stack" aria-labelledby="h-model">
        <h2 id="h-model">{text.modelTitle}</h2>
        <TextField
          label={text.model}
          hint={text.modelHint}
          isMono
          value={draft.model}
          error={issues.model[0]?.message}
          onChange={(model) => !isReadOnly && onChange({ model })}
        />
        <SchemaForm
          schema={schema}
          value={draft.params}
          readOnly={isReadOnly}
          columns={2}
          onChange={(params) => onChange({ params: isObject(params) ? (params as PromptDraft['params']) : {} })}
        />
        {issues.params.map(({ pointer, message }) => (
          <p key={`${pointer} ${message}`} className="error">
            <code>{pointer}</code> {message}
          </p>
        ))}
        <details open={issues.more.length > 0 || undefined}>
          <summary>{text.more}</summary>
          <p className="hint">{text.moreNote}</p>
          <JsonEditor
            value={draft.more}
            label={text.more}
            isReadOnly={isReadOnly}
            issues={issues.more.map(({ pointer, message = '' }) => ({ pointer, message }))}
            onChange={(more) => onChange({ more })}
          />
        </details>
        {issues.other.map(({ pointer, message }) => (
          <p key={`${pointer} ${message}`} className="error">
            <code>{pointer || '/'}</code> {message}
          </p>
        ))}
      </section>
    </>
  );
}

/** Bounds as the API has them. */
function paramsSchema(titles: (typeof words)['en']['params']): JsonSchema {
  const number = (title: string, minimum: number, maximum: number) => ({ title, type: 'number', minimum, maximum });
  const whole = (title: string, minimum: number, maximum: number) => ({ title, type: 'integer', minimum, maximum });
  return {
    type: 'object',
    properties: {
      temperature: number(titles.temperature, 0, 2),
      max_output_tokens: whole(titles.max_output_tokens, 1, 10_000_000),
      top_p: number(titles.top_p, 0, 1),
      top_k: whole(titles.top_k, 1, 100_000),
      presence_penalty: number(titles.presence_penalty, -2, 2),
      frequency_penalty: number(titles.frequency_penalty, -2, 2),
      seed: { title: titles.seed, type: 'integer' },
      reasoning: {
        title: titles.reasoning,
        type: 'string',
        enum: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
      },
      stop_sequences: {
        title: titles.stop_sequences,
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: 200 },
        maxItems: 16,
      },
    },
  };
}
