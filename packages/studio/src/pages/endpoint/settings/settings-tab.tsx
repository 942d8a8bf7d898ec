import { useQueryClient } from '@tanstack/react-query';
import type { Endpoint } from 'automate-client';
import { useMemo, useRef } from 'react';
import { api } from '../../../api.ts';
import { useAllowed } from '../../../data/session.ts';
import { ConflictDialog } from '../../../edit/conflict-dialog.tsx';
import { EditBar, EditNotices } from '../../../edit/edit-bar.tsx';
import { useEdit, type Versioned } from '../../../edit/use-edit.ts';
import type { SchemaFormHandle } from '../../../form/schema-form.tsx';
import { useTextOf } from '../../../text/text.tsx';
import { Unread } from '../../../ui/empty.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { type Choices, endpointKey, readEndpoint, useChoices } from '../read.ts';
import { words } from '../words.ts';
import { EndpointForm } from './endpoint-form.tsx';
import { type EndpointValue, formValue } from './value.ts';

/** What holds for whoever calls it, and changing it. */
export function SettingsTab({ version }: { version: Versioned<Endpoint> }) {
  const { choices, error, retry } = useChoices();
  if (choices) return <Settings version={version} choices={choices} />;
  return error ? <Unread error={error} isPage={false} onRetry={retry} /> : <Loading />;
}

function Settings({ version, choices }: { version: Versioned<Endpoint>; choices: Choices }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const mayWrite = useAllowed('endpoints:write');
  const form = useRef<SchemaFormHandle>(null);
  const { id } = version.data;
  const base = useMemo(() => ({ data: formValue(version.data), etag: version.etag }), [version]);
  const keep = (next: Versioned<Endpoint>): Versioned<EndpointValue> => {
    client.setQueryData(endpointKey(id), next);
    return { data: formValue(next.data), etag: next.etag };
  };
  const edit = useEdit<EndpointValue>({
    key: `endpoint/${id}`,
    base,
    async save(_, changes, etag) {
      const { slug: _slug, ...body } = changes;
      const { data, etag: next } = await api.endpoints.partialUpdate(id, body, etag ? { ifMatch: etag } : {}).withResponse();
      return keep(next ? { data, etag: next } : await readEndpoint(id));
    },
    refetch: async () => keep(await readEndpoint(id)),
  });
  return (
    <>
      <section className="body f-body a-scroll" tabIndex={0} aria-label={text.settings}>
        <div className="stack a-form">
          <EditNotices edit={edit} />
          {edit.value && (
            <EndpointForm
              ref={form}
              isNew={false}
              value={edit.value}
              choices={choices}
              issues={edit.issues}
              isReadOnly={!mayWrite}
              onChange={(value) => edit.replace(value)}
            />
          )}
        </div>
      </section>
      {mayWrite && (
        <EditBar
          edit={edit}
          onSave={() => form.current?.check() ?? true}
          onSaved={() => void client.invalidateQueries({ queryKey: ['endpoints'] })}
        />
      )}
      <ConflictDialog edit={edit} labelOf={(pointer) => labelAt(text.fields, pointer)} />
    </>
  );
}

function labelAt(fields: (typeof words)['en']['fields'], pointer: string): string {
  const [name = '', ...rest] = pointer.slice(1).split('/');
  return [fields[name as keyof typeof fields]?.[0] ?? name, ...rest].join(' › ');
}
