import { type Ref, useMemo } from 'react';
import type { FormIssue } from '../../../form/check.ts';
import { SchemaForm, type SchemaFormHandle } from '../../../form/schema-form.tsx';
import { useTextOf } from '../../../text/text.tsx';
import type { Choices } from '../read.ts';
import { words } from '../words.ts';
import { schemaOf } from './schema.ts';
import { ProviderChoices, Targets } from './targets.tsx';
import type { EndpointValue } from './value.ts';

const WIDGETS = { '/targets': Targets };

interface EndpointFormProps {
  readonly ref: Ref<SchemaFormHandle>;
  readonly value: EndpointValue;
  readonly choices: Choices;
  readonly issues: readonly FormIssue[];
  readonly isNew: boolean;
  readonly isReadOnly?: boolean;
  onChange(value: EndpointValue): void;
}

/** All there is to say of an endpoint. */
export function EndpointForm({ ref, value, choices, issues, isNew, isReadOnly = false, onChange }: EndpointFormProps) {
  const text = useTextOf(words);
  const schema = useMemo(() => schemaOf(choices, text, isNew), [choices, text, isNew]);
  const shown = useMemo(() => issues.map(atField), [issues]);
  const { groups } = text;
  return (
    <ProviderChoices value={choices.providers}>
      <SchemaForm
        ref={ref}
        schema={schema}
        value={value}
        onChange={(next) => onChange(next as EndpointValue)}
        issues={shown}
        widgets={WIDGETS}
        columns={2}
        isStored={!isNew}
        readOnly={isReadOnly}
        groups={[
          { ...groups.name, fields: ['slug', 'name', 'description', 'is_enabled'] },
          { ...groups.answers, fields: ['tasks', 'targets'] },
          { ...groups.requests, fields: ['params', 'limits', 'aliases'] },
          { ...groups.guardrails, fields: ['guardrails'] },
          { ...groups.access, fields: ['access', 'log'] },
          { ...groups.attempts, fields: ['attempts', 'cache'], isFolded: true },
        ]}
      />
    </ProviderChoices>
  );
}

/** What the server says of one of several that are chosen stands at the field where they are chosen. */
function atField(issue: FormIssue): FormIssue {
  const field = /^(\/tasks|\/access\/api_keys)\/\d+$/.exec(issue.pointer)?.[1];
  return field ? { ...issue, pointer: field } : issue;
}
