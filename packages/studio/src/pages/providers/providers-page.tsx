import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ProviderState, ShownProvider } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { useProviderKinds, useStanding } from '../../data/providers.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Ago } from '../../ui/time.tsx';
import { Kinds } from './kinds.tsx';
import { ProviderForm } from './provider-form.tsx';
import { ProviderPanel } from './provider-panel.tsx';
import { ProviderStatus } from './provider-state.tsx';
import type { ProvidersSearch } from './search.ts';
import { words } from './words.ts';

/** Vendors of models, and programs of this machine that answer as one. */
export function ProvidersPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/providers' });
  const navigate = useNavigate({ from: '/studio/providers' });
  const mayWrite = useAllowed('providers:write');
  const kinds = useProviderKinds();
  useTitle(text.title);
  const change = (next: ProvidersSearch) => void navigate({ search: next, replace: true });
  const making = mayWrite ? search.new : undefined;
  const kind = kinds.data?.results.find((one) => one.kind === making);
  return (
    <>
      <div className="head">
        <div>
          <h1>{making ? text.makeTitle : text.title}</h1>
          <p>{kind ? kind.title : text.note}</p>
        </div>
        {making ? (
          <button type="button" className="btn" onClick={() => change(kind ? { new: 'kind' } : {})}>
            <Icon name="left" />
            {text.back}
          </button>
        ) : (
          mayWrite && (
            <button type="button" className="btn primary" onClick={() => change({ new: 'kind' })}>
              <Icon name="plus" />
              {text.make}
            </button>
          )
        )}
      </div>
      {!making && <List search={search} onChange={change} />}
      {making &&
        (kind ? (
          <div className="scroll-page">
            <ProviderForm key={kind.kind} kind={kind} onClose={() => change({})} onSaved={(id) => change({ open: id })} />
          </div>
        ) : (
          <Kinds onChoose={(chosen) => change({ new: chosen })} />
        ))}
    </>
  );
}

function List({ search, onChange }: { search: ProvidersSearch; onChange(search: ProvidersSearch): void }) {
  const text = useTextOf(words);
  const standing = useStanding();
  const { q, open } = search;
  const list = useLiveList<ShownProvider>({
    queryKey: ['providers', q],
    isLive: false,
    read: (page, signal) => api.providers.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  const states = new Map(standing.data?.results.map((state) => [state.provider, state]));
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'connection', title: text.empty, note: text.emptyNote }}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q'))}
      table={(onOpen) => <ProviderTable list={list} states={states} onOpen={onOpen} />}
      panel={(row, onClose) => <ProviderPanel key={row.id} provider={row} state={states.get(row.slug)} onClose={onClose} />}
    />
  );
}

interface TableProps {
  readonly list: LiveList<ShownProvider>;
  readonly states: ReadonlyMap<string, ProviderState>;
  onOpen(provider: ShownProvider): void;
}

function ProviderTable({ list, states, onOpen }: TableProps) {
  const text = useTextOf(words);
  const columns: readonly Column<ShownProvider>[] = [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      cell: (row) => (
        <button type="button" className="link name" onClick={() => onOpen(row)}>
          {row.name}
        </button>
      ),
    },
    {
      key: 't-state',
      label: text.state,
      title: ({ slug }) => states.get(slug)?.detail ?? undefined,
      cell: ({ slug }) => {
        const state = states.get(slug);
        return state && <ProviderStatus state={state.state} />;
      },
    },
    { key: 't-slug', className: 'soft', label: text.kind, cell: ({ kind }) => kind },
    {
      key: 't-hosts',
      className: 'grow soft',
      label: text.usedBy,
      title: ({ slug }) => states.get(slug)?.endpoints.join(', '),
      cell: ({ slug }) => states.get(slug)?.endpoints.join(', ') || '–',
    },
    {
      key: 't-seen',
      className: 'soft',
      label: text.lastTest,
      isNumber: true,
      cell: ({ slug }) => {
        const test = states.get(slug)?.last_test;
        return test ? <Ago time={test.at} /> : '–';
      },
    },
  ];
  return <DataTable label={text.label} className="people-table providers" columns={columns} list={list} onOpen={onOpen} />;
}
