import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isAutomateError, type ProviderKind, type ShownProvider } from 'automate-client';
import { type FormEvent, useRef, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useAllowed } from '../../data/session.ts';
import type { JsonSchema } from '../../form/json-schema.ts';
import { SchemaForm, type SchemaFormHandle } from '../../form/schema-form.tsx';
import { useTextOf } from '../../text/text.tsx';
import { issueAt, TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProviderReport } from '../../ui/provider-report.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface FormProps {
  readonly kind: ProviderKind;
  /** The one that is changed. Without it, one is made. */
  readonly provider?: ShownProvider;
  onClose(): void;
  onSaved(id: string): void;
}

/** Makes or changes a provider; it can be tried before it is kept. */
export function ProviderForm({ kind, provider, onClose, onSaved }: FormProps) {
  const text = useTextOf(words);
  const form = useRef<SchemaFormHandle>(null);
  const typed = useProviderForm({ kind, onSaved, ...(provider && { provider }) });
  const { slug, setSlug, name, setName, config, setConfig, save, trial, error, issues, inConfig } = typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    trial.reset();
    if (form.current?.check() !== false && !save.isPending) save.mutate();
  };
  const hasConfig = Object.keys((kind.config.properties as object | undefined) ?? {}).length > 0;
  return (
    <form className="body stack provider-form" onSubmit={submit} noValidate aria-label={text.form}>
      <p className="soft">{kind.description}</p>
      {kind.missing !== null && (
        <p className="call" data-s="warning">
          <Icon name="warn" />
          <span className="anywhere">{kind.missing}</span>
        </p>
      )}
      {!provider && (
        <TextField
          label={text.slug}
          hint={text.slugHint}
          isMono
          isRequired
          value={slug}
          error={issueAt(error, '/slug')}
          onChange={setSlug}
        />
      )}
      <TextField label={text.name} optional={text.optional} value={name} error={issueAt(error, '/name')} onChange={setName} />
      {kind.key !== 'none' && <KeyFields kind={kind} provider={provider} typed={typed} />}
      {hasConfig && (
        <SchemaForm
          ref={form}
          schema={kind.config as JsonSchema}
          value={config}
          onChange={setConfig}
          issues={inConfig}
          isStored={provider !== undefined}
          idPrefix="provider"
        />
      )}
      {error && issues.length === 0 && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          <span>{wordsOf(error)}</span>
        </p>
      )}
      {trial.data && <ProviderReport report={trial.data} />}
      <Buttons isStored={provider !== undefined} typed={typed} onClose={onClose} />
    </form>
  );
}

type Typed = ReturnType<typeof useProviderForm>;

/** A key that is given, which needs the right to keep secrets, or the name of one that is there. */
function KeyFields({ kind, provider, typed }: { kind: ProviderKind; provider: ShownProvider | undefined; typed: Typed }) {
  const text = useTextOf(words);
  const mayKeep = useAllowed('secrets:write');
  const { key, setKey, secret, setSecret, error } = typed;
  return (
    <>
      {mayKeep && (
        <TextField
          label={text.key}
          hint={provider?.secret ? text.keyStays : text.keyHint}
          type="password"
          autoComplete="new-password"
          isMono
          value={key}
          error={issueAt(error, '/api_key')}
          onChange={setKey}
          {...(kind.key === 'optional' && { optional: text.optional })}
        />
      )}
      {key === '' && (
        <TextField
          label={text.secret}
          hint={text.secretHint}
          optional={text.optional}
          isMono
          value={secret}
          error={issueAt(error, '/secret') ?? (mayKeep ? undefined : issueAt(error, '/api_key'))}
          onChange={setSecret}
        />
      )}
    </>
  );
}

function Buttons({ isStored, typed, onClose }: { isStored: boolean; typed: Typed; onClose(): void }) {
  const text = useTextOf(words);
  const { save, trial } = typed;
  return (
    <p className="row wrap">
      <button type="submit" className="btn primary" disabled={save.isPending} aria-busy={save.isPending}>
        <Icon name={save.isPending ? 'running' : 'check'} />
        {isStored ? text.save : text.create}
      </button>
      <button
        type="button"
        className="btn"
        disabled={trial.isPending}
        aria-busy={trial.isPending}
        onClick={() => {
          save.reset();
          trial.mutate();
        }}
      >
        <Icon name={trial.isPending ? 'running' : 'play'} />
        {text.tryIt}
      </button>
      <button type="button" className="btn" onClick={onClose}>
        {text.cancel}
      </button>
    </p>
  );
}

/** What is typed, and what is done with it. */
function useProviderForm({ kind, provider, onSaved }: Omit<FormProps, 'onClose'>) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [slug, setSlug] = useState(kind.kind);
  const [name, setName] = useState(provider?.name ?? '');
  const [config, setConfig] = useState<unknown>(provider?.config ?? {});
  const [key, setKey] = useState('');
  const [secret, setSecret] = useState(provider?.secret ?? '');
  const given = {
    config: config as Record<string, never>,
    ...(key !== '' && { api_key: key }),
    ...(key === '' && secret !== '' && secret !== provider?.secret && { secret }),
  };
  const save = useMutation({
    mutationFn: () =>
      provider
        ? api.providers.partialUpdate(provider.id, { ...given, ...(name !== '' && { name }) })
        : api.providers.create({ slug, kind: kind.kind, ...given, ...(name !== '' && { name }) }),
    onSuccess(saved) {
      say(text.saved(saved.name));
      for (const one of ['providers', 'provider-standing', 'secrets']) void client.invalidateQueries({ queryKey: [one] });
      onSaved(saved.id);
    },
  });
  const trial = useMutation({
    mutationFn: () => api.providerTest.post({ ...(provider ? { provider: provider.slug } : { kind: kind.kind }), ...given }),
  });
  const error = save.error ?? trial.error;
  const issues = isAutomateError(error) ? error.errors : [];
  const inConfig = issues
    .filter(({ pointer }) => pointer.startsWith('/config'))
    .map((issue) => ({ ...issue, pointer: issue.pointer.slice('/config'.length) }));
  return {
    slug,
    setSlug,
    name,
    setName,
    config,
    setConfig,
    key,
    setKey,
    secret,
    setSecret,
    save,
    trial,
    error,
    issues,
    inConfig,
  };
}
