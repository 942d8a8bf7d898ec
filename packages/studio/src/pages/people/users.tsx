import type { User } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useChange } from '../../data/change.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { changed, without } from '../../data/search.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SearchedList } from '../../ui/searched-list.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { OnOff } from './member-parts.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import type { PeopleSearch } from './search.ts';
import { words } from './words.ts';

/** All people of the installation; for staff. */
export function Users({ search, onChange }: { search: PeopleSearch; onChange(search: PeopleSearch): void }) {
  const text = useTextOf(words);
  const { q, open } = search;
  const list = useLiveList<User>({
    queryKey: ['users', q],
    isLive: false,
    read: (page, signal) => api.users.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  return (
    <SearchedList
      q={q}
      open={open}
      list={list}
      label={text.filter}
      hint={text.search}
      empty={{ icon: 'people', title: text.noUsers, note: text.noUsersNote }}
      onChange={(part) => onChange(changed(search, part))}
      onClear={() => onChange(without(search, 'q'))}
      table={(onOpen) => <UserTable list={list} onOpen={onOpen} />}
      panel={(row, onClose) => <UserPanel key={row.id} user={row} onClose={onClose} />}
    />
  );
}

function UserTable({ list, onOpen }: { list: LiveList<User>; onOpen(user: User): void }) {
  const text = useTextOf(words);
  const columns: readonly Column<User>[] = [
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
          {row.is_staff && <span className="badge accent">{text.staff}</span>}
        </>
      ),
    },
    { key: 't-email', className: 'grow soft', label: text.email, title: ({ email }) => email, cell: ({ email }) => email },
    { key: 't-state', className: 'w1', label: text.state, cell: (row) => <UserState user={row} /> },
    { key: 't-factor', label: text.factor, cell: ({ two_factor_enabled: isOn }) => <OnOff isOn={isOn} /> },
    { key: 't-made', className: 'soft', label: text.made, isNumber: true, cell: ({ created_at: at }) => <Ago time={at} /> },
  ];
  return <DataTable label={text.userLabel} className="people-table" columns={columns} list={list} onOpen={onOpen} />;
}

function UserState({ user: { disabled_at: disabled } }: { user: User }) {
  const text = useTextOf(words);
  return (
    <span className="status bare" data-s={disabled ? 'cancelled' : 'healthy'}>
      <Icon name={disabled ? 'cancelled' : 'succeeded'} />
      {disabled ? text.disabled : text.works}
    </span>
  );
}

function UserPanel({ user, onClose }: { user: User; onClose(): void }) {
  const text = useTextOf(words);
  const session = useSession().data;
  const mayWrite = useAllowed('members:write') && user.id !== session?.user?.id;
  const [isResetting, setResetting] = useState(false);
  const isDisabled = user.disabled_at !== null;
  const patch = useChange<{ disabled?: boolean; is_staff?: boolean }>({
    run: (body) => api.users.partialUpdate(user.id, body),
    keys: [['users'], ['members']],
    done: ({ disabled, is_staff: isStaff }) => {
      const before = disabled === undefined ? { is_staff: user.is_staff } : { disabled: isDisabled };
      const told =
        disabled === undefined ? (isStaff ? text.staffNow : text.noStaffNow) : disabled ? text.disabledNow : text.enabledNow;
      return { text: told(user.name), undo: () => api.users.partialUpdate(user.id, before) };
    },
  });
  return (
    <SidePanel title={user.name} note={user.email} onClose={onClose}>
      <Facts
        facts={[
          [text.state, <UserState key="state" user={user} />],
          [text.factor, <OnOff key="factor" isOn={user.two_factor_enabled} />],
          [text.staff, user.is_staff ? text.yes : text.no],
          [text.verified, user.email_verified ? text.yes : text.no],
          [text.made, <Ago key="made" time={user.created_at} />],
        ]}
      />
      {mayWrite && (
        <p className="fold-in row wrap">
          <button type="button" className="btn small" onClick={() => setResetting(true)}>
            <Icon name="link" />
            {text.resetLink}
          </button>
          <button
            type="button"
            className="btn small"
            disabled={patch.isPending}
            onClick={() => patch.mutate({ is_staff: !user.is_staff })}
          >
            <Icon name="settings" />
            {user.is_staff ? text.unmakeStaff : text.makeStaff}
          </button>
          <button
            type="button"
            className={isDisabled ? 'btn small' : 'btn small danger'}
            disabled={patch.isPending}
            onClick={() => patch.mutate({ disabled: !isDisabled })}
          >
            <Icon name={isDisabled ? 'check' : 'stop'} />
            {isDisabled ? text.enable : text.disable}
          </button>
        </p>
      )}
      <ResetDialog isOpen={isResetting} userId={user.id} onClose={() => setResetting(false)} />
    </SidePanel>
  );
}
