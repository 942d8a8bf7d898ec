import type { Member } from 'automate-client';
import { api } from '../../api.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { type Role, roles, useRoleNames } from '../../ui/roles.ts';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Ago } from '../../ui/time.tsx';
import { MemberPanel } from './member-panel.tsx';
import { MemberRole, OnOff } from './member-parts.tsx';
import type { PeopleSearch } from './search.ts';
import { words } from './words.ts';

interface TabProps {
  readonly search: PeopleSearch;
  onChange(search: PeopleSearch): void;
}

/** Who belongs to the tenant, and in which role. */
export function Members({ search, onChange }: TabProps) {
  const text = useTextOf(words);
  const names = useRoleNames();
  const { q, role, open } = search;
  const list = useLiveList<Member>({
    queryKey: ['members', q, role],
    isLive: false,
    read: (page, signal) => api.members.list({ ...page, ...(q && { search: q }), ...(role && { role }) }, { signal }),
  });
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'people', title: text.noMembers, note: text.noMembersNote }}
      filters={
        <select
          className="select small quiet w-auto"
          aria-label={text.role}
          value={role ?? ''}
          onChange={({ target }) => onChange({ ...without(search, 'role'), ...(target.value && { role: target.value as Role }) })}
        >
          <option value="">{text.anyRole}</option>
          {roles.map((each) => (
            <option key={each} value={each}>
              {names[each]}
            </option>
          ))}
        </select>
      }
      isNarrowed={role !== undefined}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q', 'role'))}
      table={(onOpen) => <MemberTable list={list} onOpen={onOpen} />}
      panel={(row, onClose) => <MemberPanel key={row.id} member={row} onClose={onClose} />}
    />
  );
}

function MemberTable({ list, onOpen }: { list: LiveList<Member>; onOpen(member: Member): void }) {
  const text = useTextOf(words);
  const session = useSession().data;
  const mayWrite = useAllowed('members:write');
  const columns: readonly Column<Member>[] = [
    {
      key: 't-name',
      label: text.name,
      isName: true,
      title: ({ name }) => name,
      cell: (row) => (
        <>
          <button type="button" className="link name" onClick={() => onOpen(row)}>
            {row.name}
          </button>
          {row.user_id === session?.user?.id && <span className="badge">{text.you}</span>}
        </>
      ),
    },
    { key: 't-email', className: 'grow soft', label: text.email, title: ({ email }) => email, cell: ({ email }) => email },
    { key: 't-role', label: text.role, cell: (row) => <MemberRole member={row} /> },
    ...(mayWrite
      ? [
          {
            key: 't-factor',
            label: text.factor,
            cell: ({ two_factor_enabled: isOn }: Member) => <OnOff isOn={isOn === true} />,
          },
          {
            key: 't-seen',
            className: 'soft',
            label: text.seen,
            isNumber: true,
            cell: ({ last_seen_at: at }: Member) => (at ? <Ago time={at} /> : text.notYet),
          },
        ]
      : []),
  ];
  return <DataTable label={text.memberLabel} className="people-table members" columns={columns} list={list} onOpen={onOpen} />;
}
