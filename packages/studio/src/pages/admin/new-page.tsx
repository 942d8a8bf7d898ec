import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { AdminModelDetail } from 'automate-client';
import { useMemo, useRef, useState } from 'react';
import { request } from '../../api.ts';
import { EditBar, EditNotices } from '../../edit/edit-bar.tsx';
import { useEdit } from '../../edit/use-edit.ts';
import { initialOf, writeOnlyPointers } from '../../form/initial.ts';
import { createResolver, type JsonSchema } from '../../form/json-schema.ts';
import { SchemaForm, type SchemaFormHandle } from '../../form/schema-form.tsx';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { say } from '../../ui/toast.tsx';
import { groupsFor, schemaFor } from './form-schema.ts';
import { nameOfRow, type Row, rowsKey, useAdminModel } from './model.ts';
import { sourcesOf } from './sources.ts';
import { words } from './words.ts';

/** A new row of a model. */
export function NewPage() {
  const { app, model } = useParams({ from: '/studio/admin/$app/$model/new' });
  const { text: all } = useWords();
  const detail = useAdminModel(app, model);
  const [round, setRound] = useState(0);
  const schema = useMemo(() => (detail.data ? schemaFor(detail.data, detail.data.create) : undefined), [detail.data]);
  if (detail.error && !detail.data) return <Unread error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <span className="bone on" />;
  if (!schema) return <Empty icon="lock" isPage title={all.states.forbidden} note={all.states.forbiddenNote} />;
  return <NewForm key={round} model={detail.data} schema={schema} onAgain={() => setRound((n) => n + 1)} />;
}

interface NewFormProps {
  readonly model: AdminModelDetail;
  readonly schema: JsonSchema;
  onAgain(): void;
}

function NewForm({ model, schema, onAgain }: NewFormProps) {
  const text = useTextOf(words);
  const { language } = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useRef<SchemaFormHandle>(null);
  const made = useRef<Row>(undefined);
  const { base, secrets, sources } = useMemo(() => {
    const resolver = createResolver(schema);
    const data = initialOf(resolver, schema) as Record<string, unknown>;
    return { base: { data, etag: undefined }, secrets: writeOnlyPointers(resolver, schema), sources: sourcesOf(client) };
  }, [schema, client]);
  const edit = useEdit<Record<string, unknown>>({
    key: `admin/${model.app}/${model.model}/new`,
    base,
    secrets,
    async save(value) {
      made.current = await request<Row>('POST', model.path, { body: value });
      return { data: value, etag: undefined };
    },
    refetch: async () => base,
  });
  useTitle(text.newTitle(model.verbose_name), model.verbose_name, text.newCrumb);
  const saved = () => {
    const row = made.current;
    if (!row) return undefined;
    say(text.made(nameOfRow(model, row)));
    void client.invalidateQueries({ queryKey: rowsKey(model) });
    return row;
  };
  const check = () => form.current?.check() ?? true;
  const again = async () => {
    if (!check() || !(await edit.save())) return;
    saved();
    onAgain();
  };
  // The blocker of the bar looks at what is saved once more before one leaves.
  const open = () => {
    const row = saved();
    const { app, model: name } = model;
    if (row?.id !== undefined)
      setTimeout(() => void navigate({ to: '/studio/admin/$app/$model/$id/', params: { app, model: name, id: row.id } }), 0);
  };
  return (
    <>
      <div className="head f-head">
        <h1>{text.newTitle(model.verbose_name)}</h1>
      </div>
      <section className="body f-body a-scroll" tabIndex={0} aria-label={text.newTitle(model.verbose_name)}>
        <div className="stack a-form">
          <EditNotices edit={edit} />
          {edit.value && (
            <SchemaForm
              ref={form}
              schema={schema}
              value={edit.value}
              onChange={(value) => edit.replace(value as Record<string, unknown>)}
              issues={edit.issues}
              groups={groupsFor(model, language)}
              columns={2}
              sources={sources}
            />
          )}
        </div>
      </section>
      <EditBar edit={edit} onSave={check} onSaved={open}>
        <button type="button" className="btn mid" disabled={!edit.isChanged || edit.isSaving} onClick={() => void again()}>
          {text.saveAnother}
        </button>
      </EditBar>
    </>
  );
}
