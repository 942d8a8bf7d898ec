import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Endpoint } from 'automate-client';
import { useMemo, useRef } from 'react';
import { api } from '../../api.ts';
import { EditBar, EditNotices } from '../../edit/edit-bar.tsx';
import { useEdit } from '../../edit/use-edit.ts';
import type { SchemaFormHandle } from '../../form/schema-form.tsx';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { say } from '../../ui/toast.tsx';
import { type Choices, useChoices } from './read.ts';
import { EndpointForm } from './settings/endpoint-form.tsx';
import { type EndpointValue, newValue } from './settings/value.ts';
import { words } from './words.ts';

/** Publishes an endpoint. */
export function NewEndpointPage() {
  const text = useTextOf(words);
  const { choices, error, retry } = useChoices();
  useTitle(text.newTitle, text.newTitle);
  if (choices) return <NewEndpoint choices={choices} />;
  return error ? <Unread error={error} onRetry={retry} /> : <Loading />;
}

function NewEndpoint({ choices }: { choices: Choices }) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useRef<SchemaFormHandle>(null);
  const made = useRef<Endpoint>(undefined);
  const first = choices.providers[0]?.slug;
  const base = useMemo(() => ({ data: newValue(first), etag: undefined }), [first]);
  const edit = useEdit<EndpointValue>({
    key: 'endpoint/new',
    base,
    async save({ name, ...value }) {
      made.current = await api.endpoints.create({ ...value, ...(name && { name }) });
      return { data: { ...value, name }, etag: undefined };
    },
  });
  // The blocker of the bar looks at what is saved once more before one leaves.
  const open = () => {
    const row = made.current;
    if (!row) return;
    say(text.made(row.name));
    void client.invalidateQueries({ queryKey: ['endpoints'] });
    setTimeout(() => void navigate({ to: '/studio/endpoints/$id/', params: { id: row.id } }), 0);
  };
  return (
    <>
      <div className="head f-head">
        <h1>{text.newTitle}</h1>
      </div>
      <section className="body f-body a-scroll" tabIndex={0} aria-label={text.newTitle}>
        <div className="stack a-form">
          <EditNotices edit={edit} />
          {edit.value && (
            <EndpointForm
              isNew
              ref={form}
              value={edit.value}
              choices={choices}
              issues={edit.issues}
              onChange={(value) => edit.replace(value)}
            />
          )}
        </div>
      </section>
      <EditBar edit={edit} onSave={() => form.current?.check() ?? true} onSaved={open} />
    </>
  );
}
