import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditEntry } from 'automate-client';
import { api } from '../../api.ts';
import { mount } from '../../base.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { without } from '../../data/search.ts';
import { shortId } from '../../format.ts';
import { useTitle } from '../../shell/trail.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Actor } from '../../ui/actor.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListBody } from '../../ui/list-body.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { Ago } from '../../ui/time.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { AuditFilters } from './filters.tsx';
import { type AuditSearch, toQuery } from './search.ts';
import { Verify } from './verify.tsx';
import { words } from './words.ts';

/** Who changed what, newest first, and whether the record holds. */
export function AuditPage() {
  const text = useTextOf(words);
  const { table } = useText();
  const search = useSearch({ from: '/studio/audit' });
  const navigate = useNavigate({ from: '/studio/audit' });
  useTitle(text.title);
  const narrowed = without(search, 'open');
  const list = useLiveList<AuditEntry>({
    queryKey: ['audit', narrowed],
    read: (page, signal) => api.audit.list({ ...toQuery(narrowed, Date.now()), ...page }, { signal }),
  });
  const change = (next: AuditSearch) => void navigate({ search: next, replace: true });
  const opened = list.rows.find(({ id }) => id === search.open);
  return (
    <>
      <div className="head">
        <div>
          <div className="row">
            <h1>{text.title}</h1>
            {list.newer > 0 && (
              <button type="button" className="btn small newer" onClick={list.renew}>
                <Icon name="up" size="s" />
                {table.newer(list.newer)}
              </button>
            )}
          </div>
          <p>{text.note}</p>
        </div>
        <span className="row wrap">
          <LiveState isOffline={list.isOffline} readAt={list.readAt} />
          <a className="btn" href={exportOf(narrowed)} download title={text.exportNote}>
            <Icon name="download" />
            {text.export}
          </a>
        </span>
      </div>
      <Verify />
      <AuditFilters search={search} onChange={change} />
      <div className={opened ? 'split' : 'split slim'}>
        <div className="list-pane">
          <ListBody
            list={list}
            filters={Object.keys(narrowed).length > 0}
            onClear={() => change({})}
            empty={<Empty icon="audit" title={text.empty} note={text.emptyNote} />}
          >
            <EntryTable list={list} onOpen={({ id }) => change({ ...search, open: id })} />
          </ListBody>
        </div>
        {opened && <EntryPanel key={opened.id} entry={opened} onClose={() => change(narrowed)} />}
      </div>
    </>
  );
}

/** The same entries as a file. */
function exportOf(search: Omit<AuditSearch, 'open'>): string {
  const query = new URLSearchParams({ format: 'csv' });
  for (const [name, value] of Object.entries(toQuery(search, Date.now())))
    query.set(name, Array.isArray(value) ? value.join(',') : String(value));
  return `${mount}api/v1/audit/export/?${query}`;
}

function EntryTable({ list, onOpen }: { list: LiveList<AuditEntry>; onOpen(entry: AuditEntry): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<AuditEntry>[] = [
    { key: 't-seq', className: 'w1 faint', label: text.number, isNumber: true, cell: ({ seq }) => seq },
    {
      key: 't-name',
      label: text.action,
      isName: true,
      cell: (row) => (
        <button type="button" className="link name mono" onClick={() => onOpen(row)}>
          {row.action}
        </button>
      ),
    },
    {
      key: 't-object',
      className: 'grow',
      label: text.object,
      title: ({ target_type, target_id }) => `${target_type} ${target_id ?? ''}`,
      cell: ({ target_type, target_id }) => (
        <>
          {target_type} {target_id && <span className="id">{shortId(target_id)}</span>}
        </>
      ),
    },
    { key: 't-actor', label: text.actor, cell: ({ actor }) => <Actor actor={actor} /> },
    { key: 't-when', className: 'soft', label: text.when, isNumber: true, cell: ({ created_at: at }) => <Ago time={at} /> },
  ];
  return <DataTable label={text.label} className="people-table audit" columns={columns} list={list} onOpen={onOpen} />;
}
