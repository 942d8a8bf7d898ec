import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { AdminModelDetail } from 'automate-client';
import { useCallback, useMemo, useRef } from 'react';
import { request } from '../../api.ts';
import { ConflictDialog } from '../../edit/conflict-dialog.tsx';
import { EditBar, EditNotices } from '../../edit/edit-bar.tsx';
import { useEdit, type Versioned } from '../../edit/use-edit.ts';
import { writeOnlyPointers } from '../../form/initial.ts';
import { createResolver, type JsonSchema } from '../../form/json-schema.ts';
import { SchemaForm, type SchemaFormHandle } from '../../form/schema-form.tsx';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { JsonView } from '../../ui/json.tsx';
import { Beside } from './beside.tsx';
import { DeleteButton } from './delete-button.tsx';
import { groupsFor, schemaFor, valueFor } from './form-schema.ts';
import { History } from './history.tsx';
import { Inlines } from './inlines.tsx';
import { nameOfRow, pathOf, type Row, rowsKey, useAdminModel } from './model.ts';
import { sourcesOf } from './sources.ts';
import { words } from './words.ts';

/** One row: its fields, what belongs to it, what was done to it. */
export function FormPage() {
  const { app, model, id } = useParams({ from: '/studio/admin/$app/$model/$id' });
  const detail = useAdminModel(app, model);
  const row = useRow(detail.data, id);
  const error = detail.error ?? row.error;
  if (error && !row.data) return <Unread error={error} onRetry={() => void (detail.error ? detail.refetch() : row.refetch())} />;
  if (!detail.data || !row.data) return <span className="bone on" />;
  return <One key={id} model={detail.data} row={row.data} id={id} />;
}

function rowKey(model: Pick<AdminModelDetail, 'app' | 'model'>, id: string) {
  return [...rowsKey(model), 'one', id];
}

function readRow(model: AdminModelDetail, id: string, signal?: AbortSignal): Promise<Versioned<Row>> {
  const path = pathOf(model.detail ?? `${model.path}{id}/`, id);
  return request<Row>('GET', path, signal ? { signal } : {})
    .withResponse()
    .then(({ data, etag }) => ({ data, etag }));
}

function useRow(model: AdminModelDetail | undefined, id: string) {
  return useQuery({
    queryKey: rowKey(model ?? { app: '', model: '' }, id),
    queryFn: ({ signal }) => readRow(model as AdminModelDetail, id, signal),
    enabled: model !== undefined,
  });
}

interface OneProps {
  readonly model: AdminModelDetail;
  readonly row: Versioned<Row>;
  readonly id: string;
}

function One({ model, row, id }: OneProps) {
  const text = useTextOf(words);
  const { view = 'edit' } = useSearch({ from: '/studio/admin/$app/$model/$id' });
  const navigate = useNavigate({ from: '/studio/admin/$app/$model/$id' });
  const name = nameOfRow(model, row.data);
  const schema = useMemo(() => schemaFor(model, model.update), [model]);
  useTitle(name, model.verbose_name, name);
  const views = [
    ['edit', schema ? text.edit : text.look],
    ...(model.can.history ? [['history', text.history] as const] : []),
    ['json', text.json],
  ] as const;
  return (
    <>
      <div className="head f-head">
        <div className="row wrap">
          <h1 className="anywhere">{`${model.verbose_name} ${name}`.slice(0, 200)}</h1>
        </div>
        <span className="row">{model.can.delete && <DeleteButton model={model} id={id} name={name} />}</span>
      </div>
      <nav className="tabs" aria-label={text.views}>
        {views.map(([key, label]) => (
          <button
            key={key}
            type="button"
            aria-current={view === key ? 'page' : undefined}
            onClick={() => void navigate({ search: key === 'edit' ? {} : { view: key as 'json' }, replace: true })}
          >
            {label}
          </button>
        ))}
      </nav>
      {view === 'history' && model.can.history ? (
        <History model={model} id={id} />
      ) : view === 'json' ? (
        <div className="body f-body a-scroll">
          <JsonView value={row.data} label={name} />
        </div>
      ) : schema ? (
        <Edited model={model} row={row} id={id} schema={schema} />
      ) : (
        <div className="body f-body a-scroll">
          <div className="f-grid">
            <div className="stack">
              <Inlines model={model} id={id} />
            </div>
            <Beside model={model} row={row.data} schema={undefined} />
          </div>
        </div>
      )}
    </>
  );
}

function Edited({ model, row, id, schema }: OneProps & { schema: JsonSchema }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const form = useRef<SchemaFormHandle>(null);
  const { edit, sources } = useRowEdit({ model, row, id, schema });
  const check = () => form.current?.check() ?? true;
  const toList = () =>
    setTimeout(() => void navigate({ to: '/studio/admin/$app/$model/', params: { app: model.app, model: model.model } }), 0);
  const close = async () => {
    if (check() && (await edit.save())) toList();
  };
  return (
    <>
      <section className="body f-body a-scroll" tabIndex={0} aria-label={text.edit}>
        <div className="f-grid">
          <div className="stack">
            <EditNotices edit={edit} />
            {edit.value && (
              <SchemaForm
                isStored
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
            <Inlines model={model} id={id} />
          </div>
          <Beside model={model} row={row.data} schema={schema} />
        </div>
      </section>
      <EditBar edit={edit} onSave={check} onSaved={() => void client.invalidateQueries({ queryKey: rowsKey(model) })}>
        <button type="button" className="btn mid" disabled={!edit.isChanged || edit.isSaving} onClick={() => void close()}>
          {text.saveClose}
        </button>
      </EditBar>
      <ConflictDialog edit={edit} labelOf={(pointer) => labelAt(model, pointer)} />
    </>
  );
}

function labelAt({ fields }: AdminModelDetail, pointer: string): string {
  const [name = '', ...rest] = pointer.slice(1).split('/');
  return [fields.find((field) => field.name === name)?.verbose_name ?? name, ...rest].join(' › ');
}

function useRowEdit({ model, row, id, schema }: OneProps & { schema: JsonSchema }) {
  const client = useQueryClient();
  const sources = useMemo(() => sourcesOf(client), [client]);
  const secrets = useMemo(() => writeOnlyPointers(createResolver(schema), schema), [schema]);
  const toForm = useCallback(({ data, etag }: Versioned<Row>) => ({ data: valueFor(schema, data), etag }), [schema]);
  const base = useMemo(() => toForm(row), [toForm, row]);
  const keepRow = (version: Versioned<Row>) => {
    client.setQueryData(rowKey(model, id), version);
    return toForm(version);
  };
  const edit = useEdit<Record<string, unknown>>({
    key: `admin/${model.app}/${model.model}/${id}`,
    base,
    secrets,
    async save(value, changes, etag) {
      const path = pathOf(model.detail ?? `${model.path}{id}/`, id);
      const body = model.update_method === 'PATCH' ? changes : value;
      const reply = await request<Row>(model.update_method ?? 'PATCH', path, { body, ifMatch: etag }).withResponse();
      // A reply without a tag is not the row as it is read.
      return keepRow(reply.etag ? { data: reply.data, etag: reply.etag } : await readRow(model, id));
    },
    refetch: async () => keepRow(await readRow(model, id)),
  });
  return { edit, sources };
}
