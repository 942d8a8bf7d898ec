import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ApiKey } from 'automate-client';
import { api } from '../../api.ts';
import { useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LiveState } from '../../ui/live-state.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Ago } from '../../ui/time.tsx';
import { KeyPanel } from './key-panel.tsx';
import { KeyState, prefixOf } from './key-state.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import type { KeysSearch } from './search.ts';
import { words } from './words.ts';

/** Keys of programs. */
export function ApiKeysPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/api-keys' });
  const navigate = useNavigate({ from: '/studio/api-keys' });
  const mayWrite = useAllowed('api_keys:write');
  useTitle(text.title);
  const { q, state, open } = search;
  const list = useLiveList<ApiKey>({
    queryKey: ['api-keys', q, state],
    read: (page, signal) =>
      api.apiKeys.list(
        { ...page, ...(q && { search: q }), ...(state !== 'all' && { revoked_at_is_null: state !== 'revoked' }) },
        { signal },
      ),
  });
  const change = (next: KeysSearch) => void navigate({ search: next, replace: true });
  const isMaking = mayWrite && search.new === 'key';
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        <span className="row">
          <LiveState isOffline={list.isOffline} readAt={list.readAt} />
          {mayWrite && (
            <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'key' })}>
              <Icon name="plus" />
              {text.make}
            </button>
          )}
        </span>
      </div>
      <SearchedList
        q={q}
        open={open}
        list={list}
        label={text.filter}
        hint={text.search}
        empty={{ icon: 'key', title: text.empty, note: text.emptyNote }}
        filters={
          <States state={state} onChange={(next) => change({ ...without(search, 'state'), ...(next && { state: next }) })} />
        }
        isNarrowed={state !== undefined}
        onChange={(part) => change(changed(search, part))}
        onClear={() => change(without(search, 'q', 'state'))}
        table={(onOpen) => <KeyTable list={list} onOpen={onOpen} />}
        panel={(row, onClose) => <KeyPanel key={row.id} apiKey={row} onClose={onClose} />}
      />
      <NewKeyDialog isOpen={isMaking} onClose={() => change(without(search, 'new'))} />
    </>
  );
}

const STATES = [undefined, 'revoked', 'all'] as const;

function States({ state, onChange }: { state: KeysSearch['state']; onChange(state: KeysSearch['state']): void }) {
  const text = useTextOf(words);
  const labels = [text.valid, text.revokedOnes, text.all];
  return (
    <fieldset className="seg small">
      <legend className="sr">{text.state}</legend>
      {STATES.map((each, index) => (
        <button key={labels[index]} type="button" aria-pressed={state === each} onClick={() => onChange(each)}>
          {labels[index]}
        </button>
      ))}
    </fieldset>
  );
}

function KeyTable({ list, onOpen }: { list: ReturnType<typeof useLiveList<ApiKey>>; onOpen(key: ApiKey): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<ApiKey>[] = [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      title: ({ name }) => name,
      cell: (row) => (
        <button type="button" className="link name" onClick={() => onOpen(row)}>
          {row.name}
        </button>
      ),
    },
    { key: 't-state', className: 'w1', label: text.state, cell: (row) => <KeyState apiKey={row} /> },
    { key: 't-prefix', label: text.prefix, cell: (row) => <code>{prefixOf(row)}</code> },
    { key: 't-scopes', className: 'grow soft', label: text.scopes, cell: ({ scopes }) => <Scopes scopes={scopes} /> },
    {
      key: 't-used',
      className: 'soft',
      label: text.lastUsed,
      isNumber: true,
      cell: ({ last_used_at: at }) => (at ? <Ago time={at} /> : text.never),
    },
    {
      key: 't-expires',
      className: 'soft',
      label: text.expires,
      isNumber: true,
      cell: ({ expires_at: at }) => (at ? <Ago time={at} /> : text.never),
    },
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} onOpen={onOpen} />;
}

const SHOWN = 3;

/** The first few; all of them are in the panel. */
function Scopes({ scopes }: { scopes: readonly string[] }) {
  const text = useTextOf(words);
  if (scopes.includes('*')) return text.everything;
  const rest = scopes.length - SHOWN;
  return (
    <span title={scopes.join(', ')}>
      <code>{scopes.slice(0, SHOWN).join(', ')}</code> {rest > 0 && text.more(rest)}
    </span>
  );
}
