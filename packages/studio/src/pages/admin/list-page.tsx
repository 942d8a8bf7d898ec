import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { AdminModelDetail } from 'automate-client';
import { useState } from 'react';
import { request } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { useSelection } from '../../data/selection.ts';
import { keep, kept } from '../../kept.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty, Unread } from '../../ui/empty.tsx';
import { ExportMenu } from '../../ui/export-menu.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Bulk } from './bulk.tsx';
import { Cell, isFigure } from './cell.tsx';
import { Dates } from './dates.tsx';
import { EditCell, isSimple } from './edit-cell.tsx';
import { EditsBar } from './edits-bar.tsx';
import { Facets } from './facets.tsx';
import { Filters } from './filters.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { fieldNamed, nameOfRow, type Row, rowsKey, useAdminModel } from './model.ts';
import { type RowEdits, useRowEdits } from './row-edits.ts';
import { type ListSearch, toListQuery } from './search.ts';
import { words } from './words.ts';

/** The rows of a model: found, ordered, counted, and changed many at once. */
export function ListPage() {
  const { app, model } = useParams({ from: '/studio/admin/$app/$model' });
  const detail = useAdminModel(app, model);
  if (detail.error && !detail.data) return <Unread error={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <span className="bone on" />;
  return <List key={`${app}/${model}`} model={detail.data} />;
}

function List({ model }: { model: AdminModelDetail }) {
  const text = useTextOf(words);
  const all = useText();
  const search = useSearch({ from: '/studio/admin/$app/$model' });
  const navigate = useNavigate({ from: '/studio/admin/$app/$model' });
  const change = (next: ListSearch) => void navigate({ search: next, replace: true });
  const [isImporting, setImporting] = useState(false);
  const query = toListQuery(model, search);
  const ordering = query.ordering ?? model.ordering.default;
  const list = useLiveList<Row>({
    queryKey: [...rowsKey(model), query],
    isLive: ordering === '-id' || ordering === '-created_at',
    read: (page, signal) => request('GET', model.path, { query: { ...query, ...page }, signal }),
  });
  useTitle(model.verbose_name, model.verbose_name);
  const hasFacets = model.filters.length > 0;
  return (
    <>
      <div className="head">
        <div className="row wrap">
          <h1>{model.verbose_name}</h1>
          <span className="badge">{model.app}</span>
          {list.newer > 0 && (
            <button type="button" className="btn small newer" onClick={list.renew}>
              <Icon name="up" size="s" />
              {all.table.newer(list.newer)}
            </button>
          )}
        </div>
        <span className="row">
          {model.can.import && (
            <button type="button" className="btn" onClick={() => setImporting(true)}>
              <Icon name="upload" />
              {text.import}
            </button>
          )}
          {model.can.export && (
            <ExportMenu
              path={`${model.path.replace(/^\//, '')}export/`}
              query={query}
              formats={['csv', 'json', 'jsonl']}
              isLarge
            />
          )}
          {model.can.create && (
            <Link className="btn primary" to="/studio/admin/$app/$model/new/" params={{ app: model.app, model: model.model }}>
              <Icon name="plus" />
              {text.add(model.verbose_name)}
            </Link>
          )}
        </span>
      </div>
      {model.date?.is_counted && <Dates model={model} search={search} onChange={change} />}
      <div className={hasFacets ? 'a-body' : 'a-body a-alone'}>
        <div className="a-main">
          <Rows model={model} list={list} search={search} ordering={ordering} onChange={change} />
        </div>
        {hasFacets && (
          <aside className="a-facets wide" aria-label={text.filters}>
            <Facets model={model} search={search} onChange={change} />
          </aside>
        )}
      </div>
      {model.can.import && <ImportDialog isOpen={isImporting} model={model} onClose={() => setImporting(false)} />}
    </>
  );
}

interface RowsProps {
  readonly model: AdminModelDetail;
  readonly list: LiveList<Row>;
  readonly search: ListSearch;
  readonly ordering: string;
  onChange(search: ListSearch): void;
}

function Rows({ model, list, search, ordering, onChange }: RowsProps) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const selection = useSelection();
  const edits = useRowEdits(model);
  const [shown, choose] = useColumns(model);
  const columns = shown.map((name, index) => columnOf({ model, edits, name, index }));
  const isNarrowed = Object.keys(toListQuery(model, search)).some((name) => name !== 'ordering');
  const hasBulk = model.can.delete || model.actions.length > 0;
  const empty = !list.isLoading && list.rows.length === 0;
  return (
    <>
      <Filters model={model} search={search} onChange={onChange}>
        <ColumnsMenu model={model} shown={shown} onChoose={choose} />
      </Filters>
      {list.error && list.rows.length === 0 ? (
        <Unread error={list.error} isPage={false} onRetry={list.retry} />
      ) : empty && isNarrowed ? (
        <Empty icon="search" title={text.nothing} note={text.nothingNote}>
          <button type="button" className="btn" onClick={() => onChange({})}>
            {text.clearFilters}
          </button>
        </Empty>
      ) : empty ? (
        <Empty icon="box" title={text.empty} note={text.emptyNote}>
          {model.can.create && (
            <Link className="btn" to="/studio/admin/$app/$model/new/" params={{ app: model.app, model: model.model }}>
              {text.add(model.verbose_name)}
            </Link>
          )}
        </Empty>
      ) : (
        <DataTable
          label={model.verbose_name}
          className={hasBulk ? 'models' : 'models no-pick'}
          columns={columns}
          list={list}
          onOpen={({ id }) =>
            void navigate({ to: '/studio/admin/$app/$model/$id/', params: { app: model.app, model: model.model, id } })
          }
          {...(hasBulk && { selection })}
          nameOf={(row) => nameOfRow(model, row)}
          ordering={ordering}
          onOrder={(next) => onChange({ ...search, ordering: next })}
        />
      )}
      {hasBulk && <Bulk model={model} selection={selection} rows={list.rows} />}
      <EditsBar edits={edits} />
    </>
  );
}

function columnOf(given: { model: AdminModelDetail; edits: RowEdits; name: string; index: number }): Column<Row> {
  const { model, edits, name, index } = given;
  const field = fieldNamed(model, name);
  const isName = index === 0;
  const isEditable = !isName && field !== undefined && model.editable.includes(name) && isSimple(field);
  return {
    key: `c${Math.min(index, 9)}x${name.replaceAll('_', '-')}`,
    className: [`col${Math.min(index, 9)}`, isEditable ? 'a-edit' : '', field?.format === 'date-time' ? 'soft' : '']
      .join(' ')
      .trim(),
    label: field?.verbose_name ?? name,
    isName,
    isNumber: !isName && isFigure(field),
    ...(model.ordering.columns.includes(name) && { order: name }),
    title: (row) => (typeof row[name] === 'string' && !field?.format ? (row[name] as string).slice(0, 500) : undefined),
    cell: (row) =>
      isName ? (
        <Link to="/studio/admin/$app/$model/$id/" params={{ app: model.app, model: model.model, id: row.id }}>
          {nameIn(row, name)}
        </Link>
      ) : isEditable ? (
        <span className={edits.isChanged(row, name) ? 'a-cell changed' : 'a-cell'}>
          <EditCell field={field} row={row} name={nameOfRow(model, row)} edits={edits} />
        </span>
      ) : (
        <Cell field={field} value={row[name]} />
      ),
  };
}

function nameIn(row: Row, column: string): string {
  const value = row[column];
  const shown =
    value === null || value === undefined || value === ''
      ? row.id
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return shown.slice(0, 200);
}

/** Columns that a person has chosen for a model are kept on this machine. */
function useColumns(model: AdminModelDetail) {
  const place = `columns.${model.app}.${model.model}`;
  const known = new Set(model.fields.map(({ name }) => name));
  const [chosen, setChosen] = useState(() => kept(place)?.split(','));
  const shown = chosen?.filter((name) => known.has(name)) ?? [];
  const choose = (names: readonly string[] | undefined) => {
    setChosen(names && [...names]);
    keep(place, names?.join(','));
  };
  return [shown.length > 0 ? shown : model.list, choose] as const;
}

interface ColumnsMenuProps {
  readonly model: AdminModelDetail;
  readonly shown: readonly string[];
  onChoose(names: readonly string[] | undefined): void;
}

function ColumnsMenu({ model, shown, onChoose }: ColumnsMenuProps) {
  const text = useTextOf(words);
  const toggle = (name: string) => {
    const next = shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name];
    onChoose(next.length > 0 ? next : undefined);
  };
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="btn small mid">
          <Icon name="columns" />
          {text.columns}
        </button>
      }
      groups={[
        model.fields.map(({ name, verbose_name }) => ({
          label: verbose_name,
          isChosen: shown.includes(name),
          onSelect: () => toggle(name),
        })),
      ]}
    />
  );
}
