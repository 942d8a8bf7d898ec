import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Secret } from 'automate-client';
import { api } from '../../api.ts';
import { useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Ago } from '../../ui/time.tsx';
import { MasterKeys } from './master-keys.tsx';
import { NewSecretDialog } from './new-secret-dialog.tsx';
import type { SecretsSearch } from './search.ts';
import { SecretPanel } from './secret-panel.tsx';
import { words } from './words.ts';

/** Secrets of the tenant by name, never by value. */
export function SecretsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/secrets' });
  const navigate = useNavigate({ from: '/studio/secrets' });
  const mayWrite = useAllowed('secrets:write');
  const isStaff = useSession().data?.is_staff === true;
  useTitle(text.title);
  const change = (next: SecretsSearch) => void navigate({ search: next, replace: true });
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{search.tab ? text.masterNote : text.note}</p>
        </div>
        {mayWrite && !search.tab && (
          <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'secret' })}>
            <Icon name="plus" />
            {text.make}
          </button>
        )}
      </div>
      {isStaff && (
        <nav className="tabs" aria-label={text.title}>
          {([undefined, 'master-keys'] as const).map((tab) => (
            <button
              key={tab ?? 'secrets'}
              type="button"
              aria-current={search.tab === tab ? 'page' : undefined}
              onClick={() => change(tab ? { tab } : {})}
            >
              {text.tabs[tab ?? 'secrets']}
            </button>
          ))}
        </nav>
      )}
      {search.tab && isStaff ? <MasterKeys mayRotate={mayWrite} /> : <List search={search} onChange={change} />}
      <NewSecretDialog isOpen={mayWrite && search.new === 'secret'} onClose={() => change(without(search, 'new'))} />
    </>
  );
}

function List({ search, onChange }: { search: SecretsSearch; onChange(search: SecretsSearch): void }) {
  const text = useTextOf(words);
  const { q, open } = search;
  const list = useLiveList<Secret>({
    queryKey: ['secrets', q],
    isLive: false,
    read: (page, signal) => api.secrets.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'lock', title: text.empty, note: text.emptyNote }}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q'))}
      table={(onOpen) => <SecretTable list={list} onOpen={onOpen} />}
      panel={(row, onClose) => <SecretPanel key={row.id} secret={row} onClose={onClose} />}
    />
  );
}

function SecretTable({ list, onOpen }: { list: ReturnType<typeof useLiveList<Secret>>; onOpen(secret: Secret): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<Secret>[] = [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      cell: (row) => (
        <button type="button" className="link name mono" onClick={() => onOpen(row)}>
          {row.name}
        </button>
      ),
    },
    {
      key: 't-hosts',
      className: 'grow',
      label: text.hosts,
      title: ({ hosts }) => hosts.join(', '),
      cell: ({ hosts }) =>
        hosts.length > 0 ? (
          <code>{hosts.join(', ')}</code>
        ) : (
          <span className="status bare" data-s="warning">
            <Icon name="warn" />
            {text.nowhere}
          </span>
        ),
    },
    { key: 't-description', className: 'grow soft', label: text.description, cell: ({ description }) => description },
    {
      key: 't-kept',
      className: 'soft',
      label: text.kept,
      cell: ({ reference }) => (reference ? <code>{reference}</code> : text.sealed),
    },
    {
      key: 't-rotated',
      className: 'soft',
      label: text.rotated,
      isNumber: true,
      cell: ({ rotated_at: rotated, created_at: made }) => <Ago time={rotated ?? made} />,
    },
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} onOpen={onOpen} />;
}
