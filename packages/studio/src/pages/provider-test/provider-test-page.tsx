import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ProviderTrial } from 'automate-client';
import { type FormEvent, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { changed } from '../../data/search.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProviderReport } from '../../ui/provider-report.tsx';
import { words } from './words.ts';

type Task = NonNullable<ProviderTrial['task']>;

/** A real call to a provider: how long it takes, what it says, and exactly why it fails. */
export function ProviderTestPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/provider-test' });
  const navigate = useNavigate({ from: '/studio/provider-test' });
  const client = useQueryClient();
  const [task, setTask] = useState<Task>('llm.chat');
  useTitle(text.title);
  const { data, error, refetch } = useQuery({
    queryKey: ['providers', 'names'],
    queryFn: ({ signal }) => api.providers.list({ limit: 200, ordering: 'name' }, { signal }),
  });
  const providers = data?.results ?? [];
  const chosen = providers.find(({ slug }) => slug === search.provider) ?? providers[0];
  const model = search.model ?? '';
  const tasks = chosen?.tasks ?? [];
  const shownTask = tasks.includes(task) ? task : (tasks[0] ?? 'llm.chat');
  const change = (part: { provider?: string; model?: string | undefined }) =>
    void navigate({ search: changed(search, part), replace: true });
  const trial = useMutation({
    mutationFn: () => api.providerTest.post({ provider: chosen?.slug ?? '', ...(model !== '' && { model, task: shownTask }) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['provider-standing'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!trial.isPending) trial.mutate();
  };
  if (error && !data) return <Unread error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        <Link className="btn" to="/studio/providers/" search={{ new: 'kind' }}>
          <Icon name="plus" />
          {text.unsaved}
        </Link>
      </div>
      <div className="scroll-page">
        <div className="body stack provider-form">
          <form className="stack" onSubmit={submit} aria-label={text.title}>
            <SelectField<string>
              label={text.provider}
              value={chosen?.slug ?? ''}
              options={providers.map(({ slug, name }) => [slug, name])}
              {...(data && providers.length === 0 && { hint: text.none })}
              onChange={(provider) => {
                trial.reset();
                change({ provider, model: undefined });
              }}
            />
            <TextField
              label={text.model}
              hint={text.modelHint}
              isMono
              value={model}
              maxLength={200}
              onChange={(value) => change({ model: value || undefined })}
            />
            <SelectField<Task>
              label={text.task}
              value={shownTask}
              options={(tasks.length > 0 ? tasks : [shownTask]).map((each) => [each, each])}
              onChange={setTask}
            />
            <p>
              <button type="submit" className="btn primary" disabled={!chosen || trial.isPending} aria-busy={trial.isPending}>
                <Icon name={trial.isPending ? 'running' : 'play'} />
                {text.run}
              </button>
            </p>
          </form>
          {trial.error && (
            <p className="call" data-s="failed" role="alert">
              <Icon name="failed" />
              <span>{wordsOf(trial.error)}</span>
            </p>
          )}
          {trial.data && <ProviderReport report={trial.data} onModel={(id) => change({ model: id })} />}
        </div>
      </div>
    </>
  );
}
