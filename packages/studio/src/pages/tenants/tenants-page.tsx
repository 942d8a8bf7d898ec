import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Session, Tenant } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useSwitchTenant } from '../../data/switch-tenant.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRoleNames } from '../../ui/roles.ts';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Ago } from '../../ui/time.tsx';
import type { TenantsSearch } from './search.ts';
import { NewTenantDialog, RenameDialog } from './tenant-dialogs.tsx';
import { TenantPanel } from './tenant-panel.tsx';
import { words } from './words.ts';

/** The tenants one belongs to; for staff, all there are. */
export function TenantsPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/tenants' });
  const navigate = useNavigate({ from: '/studio/tenants' });
  const session = useSession().data;
  const mayWrite = useAllowed('tenant:write');
  useTitle(text.title);
  const change = (next: TenantsSearch) => void navigate({ search: next, replace: true });
  const isStaff = session?.is_staff === true;
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        {isStaff && mayWrite && (
          <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'tenant' })}>
            <Icon name="plus" />
            {text.make}
          </button>
        )}
      </div>
      {session && <Own session={session} mayRename={mayWrite} />}
      {isStaff && <All search={search} mayWrite={mayWrite} onChange={change} />}
      <NewTenantDialog isOpen={isStaff && mayWrite && search.new === 'tenant'} onClose={() => change(without(search, 'new'))} />
    </>
  );
}

/** Where one belongs, with the role there, and a way over. */
function Own({ session, mayRename }: { session: Session; mayRename: boolean }) {
  const text = useTextOf(words);
  const names = useRoleNames();
  const goTo = useSwitchTenant();
  const [renaming, setRenaming] = useState<{ id: string; name: string }>();
  return (
    <div className="body short">
      <section className="card" aria-labelledby="h-own">
        <header>
          <h2 id="h-own">{text.own}</h2>
        </header>
        <ul className="rows">
          {session.tenants.map(({ id, name, slug, role }) => {
            const isHere = id === session.tenant.id;
            return (
              <li key={id}>
                <span className="cut flex-1">
                  <b className="cut" title={name}>
                    {name}
                  </b>
                  <span className="soft small">
                    <code>{slug}</code> · {names[role]}
                  </span>
                </span>
                {isHere ? (
                  <>
                    <span className="badge accent">{text.here}</span>
                    {mayRename && (
                      <button type="button" className="btn small" onClick={() => setRenaming({ id, name })}>
                        <Icon name="edit" />
                        {text.rename}
                      </button>
                    )}
                  </>
                ) : (
                  <button
                    type="button"
                    className="btn small"
                    aria-label={text.goTo(name)}
                    onClick={() => void goTo(id, text.switched(name))}
                  >
                    {text.go}
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      </section>
      <RenameDialog tenant={renaming} onClose={() => setRenaming(undefined)} />
    </div>
  );
}

interface AllProps {
  readonly search: TenantsSearch;
  readonly mayWrite: boolean;
  onChange(search: TenantsSearch): void;
}

function All({ search, mayWrite, onChange }: AllProps) {
  const text = useTextOf(words);
  const { q, open } = search;
  const list = useLiveList<Tenant>({
    queryKey: ['tenants', q],
    isLive: false,
    read: (page, signal) => api.tenants.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'box', title: text.none, note: text.noneNote }}
      heading={<h2 className="sr">{text.all}</h2>}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q'))}
      table={(onOpen) => <TenantTable list={list} onOpen={onOpen} />}
      panel={(row, onClose) => <TenantPanel key={row.id} tenant={row} mayWrite={mayWrite} onClose={onClose} />}
    />
  );
}

function TenantTable({ list, onOpen }: { list: LiveList<Tenant>; onOpen(tenant: Tenant): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<Tenant>[] = [
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
    { key: 't-slug', className: 'grow soft', label: text.slug, cell: ({ slug }) => <code>{slug}</code> },
    { key: 't-made', className: 'soft', label: text.made, isNumber: true, cell: ({ created_at: at }) => <Ago time={at} /> },
  ];
  return <DataTable label={text.label} className="people-table" columns={columns} list={list} onOpen={onOpen} />;
}
