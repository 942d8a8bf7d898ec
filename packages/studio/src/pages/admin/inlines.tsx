import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AdminInline, AdminModelDetail } from 'automate-client';
import { useId, useMemo, useRef, useState } from 'react';
import { request } from '../../api.ts';
import type { FormIssue } from '../../form/check.ts';
import { initialOf } from '../../form/initial.ts';
import { createResolver } from '../../form/json-schema.ts';
import { SchemaForm, type SchemaFormHandle } from '../../form/schema-form.tsx';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Cell } from './cell.tsx';
import { DeleteQuestion } from './delete-question.tsx';
import { EditCell, isSimple } from './edit-cell.tsx';
import { EditsBar } from './edits-bar.tsx';
import { schemaFor } from './form-schema.ts';
import { ALL_ROWS, fieldNamed, nameOfRow, partsOfRelation, type Row, rowsKey, useAdminModel, useLabel } from './model.ts';
import { reasonOf, useRowEdits } from './row-edits.ts';
import { sourcesOf } from './sources.ts';
import { words } from './words.ts';

/** Rows that are shown; the rest is in their own list. */
const MOST = 100;

/** Rows of other models that belong to this one. */
export function Inlines({ model, id }: { model: AdminModelDetail; id: string }) {
  return model.inlines.map((inline) => <Inline key={`${inline.model} ${inline.column}`} inline={inline} id={id} />);
}

function Inline({ inline, id }: { inline: AdminInline; id: string }) {
  const other = useAdminModel(...partsOfRelation(inline.model)).data;
  if (!other) return null;
  return <Belonging inline={inline} id={id} other={other} />;
}

interface BelongingProps {
  readonly inline: AdminInline;
  readonly id: string;
  readonly other: AdminModelDetail;
}

function Belonging({ inline, id, other }: BelongingProps) {
  const text = useTextOf(words);
  const label = useLabel()(inline.title);
  const heading = useId();
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Row>();
  const edits = useRowEdits(other);
  const rows = useQuery({
    queryKey: [...rowsKey(other), 'inline', inline.column, id],
    queryFn: ({ signal }) =>
      request<{ results: Row[]; next: string | null }>('GET', other.path, {
        query: { [inline.column]: id, limit: MOST },
        signal,
      }),
  });
  const { app, model } = other;
  return (
    <section className="card set" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{label}</h2>
        {rows.data && <span className="badge">{`${rows.data.results.length}${rows.data.next ? '+' : ''}`}</span>}
        <span className="push row">
          <Link
            className="btn small plain"
            to="/studio/admin/$app/$model/"
            params={{ app, model }}
            search={{ [inline.column]: id }}
          >
            {text.open}
          </Link>
          {other.can.create && (
            <button type="button" className="btn small plain" onClick={() => setAdding(true)}>
              <Icon name="plus" />
              {text.addRow(label)}
            </button>
          )}
        </span>
      </header>
      {rows.data?.results.length === 0 ? (
        <div className="in">
          <p className="soft">{text.noRows}</p>
        </div>
      ) : (
        <section className="table-box" tabIndex={0} aria-label={text.rowsOf(label)}>
          <InlineTable inline={inline} other={other} rows={rows.data?.results ?? []} edits={edits} onRemove={setRemoved} />
        </section>
      )}
      <EditsBar edits={edits} />
      <Dialog isOpen={isAdding} title={text.addRow(label)} onClose={() => setAdding(false)}>
        <AddForm inline={inline} id={id} other={other} onDone={() => setAdding(false)} />
      </Dialog>
      <Dialog
        isOpen={removed !== undefined}
        title={removed ? text.deleteTitle(nameOfRow(other, removed)) : ''}
        onClose={() => setRemoved(undefined)}
      >
        {removed && (
          <DeleteQuestion model={other} id={removed.id} name={nameOfRow(other, removed)} onDone={() => setRemoved(undefined)} />
        )}
      </Dialog>
    </section>
  );
}

interface InlineTableProps {
  readonly inline: AdminInline;
  readonly other: AdminModelDetail;
  readonly rows: readonly Row[];
  readonly edits: ReturnType<typeof useRowEdits>;
  onRemove(row: Row): void;
}

function InlineTable({ inline, other, rows, edits, onRemove }: InlineTableProps) {
  const text = useTextOf(words);
  const { app, model } = other;
  const changeable = new Set(other.update_method === 'PATCH' ? Object.keys((other.update?.properties ?? {}) as object) : []);
  const [first = 'id', ...rest] = inline.list;
  return (
    <table className="table a-inlines">
      <thead>
        <tr>
          {[first, ...rest].map((name) => (
            <th key={name} scope="col">
              {fieldNamed(other, name)?.verbose_name ?? name}
            </th>
          ))}
          {other.can.delete && (
            <th scope="col">
              <span className="sr">{text.delete}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const name = String(row[first] ?? row.id).slice(0, 100);
          return (
            <tr key={row.id} className={edits.isChanged(row) ? 'edited' : undefined}>
              <th scope="row">
                <Link to="/studio/admin/$app/$model/$id/" params={{ app, model, id: row.id }}>
                  {name}
                </Link>
              </th>
              {rest.map((column) => {
                const field = fieldNamed(other, column);
                return (
                  <td key={column} className={edits.isChanged(row, column) ? 'changed' : undefined}>
                    {field && changeable.has(column) && isSimple(field) ? (
                      <EditCell field={field} row={row} name={name} edits={edits} />
                    ) : (
                      <Cell field={field} value={row[column]} />
                    )}
                  </td>
                );
              })}
              {other.can.delete && (
                <td className="w1">
                  <button
                    type="button"
                    className="btn icon-only plain small"
                    aria-label={text.removeRow(name)}
                    title={text.removeRow(name)}
                    onClick={() => onRemove(row)}
                  >
                    <Icon name="trash" />
                  </button>
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function AddForm({ inline, id, other, onDone }: BelongingProps & { onDone(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const form = useRef<SchemaFormHandle>(null);
  const schema = useMemo(() => schemaFor(other, other.create), [other]);
  const sources = useMemo(() => sourcesOf(client), [client]);
  const [value, setValue] = useState<Record<string, unknown>>(() => ({
    ...(schema ? (initialOf(createResolver(schema), schema) as object) : {}),
    [inline.column]: id,
  }));
  const add = useMutation({
    mutationFn: () => request('POST', other.path, { body: value }),
    onSuccess() {
      onDone();
      void client.invalidateQueries({ queryKey: ALL_ROWS });
    },
  });
  const issues = useMemo(() => [...((add.error as { errors?: readonly FormIssue[] } | null)?.errors ?? [])], [add.error]);
  if (!schema) return null;
  const only = Object.keys(schema.properties ?? {}).filter((name) => name !== inline.column);
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!add.isPending && form.current?.check()) add.mutate();
      }}
    >
      <div className="in stack">
        {add.error && issues.length === 0 && (
          <div className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <div>{reasonOf(add.error)}</div>
          </div>
        )}
        <SchemaForm
          ref={form}
          schema={schema}
          value={value}
          onChange={(next) => setValue(next as Record<string, unknown>)}
          issues={issues}
          only={only}
          sources={sources}
        />
      </div>
      <footer>
        <button type="submit" className="btn primary push" disabled={add.isPending} aria-busy={add.isPending}>
          {text.create}
        </button>
      </footer>
    </form>
  );
}
