import type { Invitation } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useChange } from '../../data/change.ts';
import { type LiveList, useLiveList } from '../../data/live-list.ts';
import { without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ListBody } from '../../ui/list-body.tsx';
import { useRoleNames } from '../../ui/roles.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import { Ago } from '../../ui/time.tsx';
import { InvitationDialog } from './invitation-dialog.tsx';
import type { PeopleSearch } from './search.ts';
import { words } from './words.ts';

/** Links that let somebody in, once. */
export function Invitations({ search, onChange }: { search: PeopleSearch; onChange(search: PeopleSearch): void }) {
  const text = useTextOf(words);
  const { q } = search;
  const [again, setAgain] = useState<Invitation>();
  const list = useLiveList<Invitation>({
    queryKey: ['invitations', q],
    read: (page, signal) => api.invitations.list({ ...page, ...(q && { search: q }) }, { signal }),
  });
  return (
    <>
      <search className="filters" aria-label={text.filter}>
        <SearchBox
          label={text.email}
          value={q ?? ''}
          onChange={(typed) => onChange({ ...without(search, 'q'), ...(typed && { q: typed }) })}
        />
      </search>
      <ListBody
        list={list}
        filters={q !== undefined}
        onClear={() => onChange(without(search, 'q'))}
        empty={<Empty icon="mail" title={text.noInvitations} note={text.noInvitationsNote} />}
      >
        <InvitationTable list={list} onAgain={setAgain} />
      </ListBody>
      <InvitationDialog
        isOpen={again !== undefined}
        {...(again && { email: again.email, role: again.role })}
        onClose={() => setAgain(undefined)}
      />
    </>
  );
}

function InvitationTable({ list, onAgain }: { list: LiveList<Invitation>; onAgain(invitation: Invitation): void }) {
  const text = useTextOf(words);
  const names = useRoleNames();
  const mayWrite = useAllowed('members:write');
  const columns: readonly Column<Invitation>[] = [
    { key: 't-name', label: text.email, isName: true, title: ({ email }) => email, cell: ({ email }) => email },
    { key: 't-state', className: 'w1', label: text.state, cell: (row) => <State invitation={row} /> },
    { key: 't-role', label: text.role, cell: ({ role }) => names[role] },
    {
      key: 't-expires',
      className: 'soft',
      label: text.expires,
      isNumber: true,
      cell: ({ expires_at: at }) => <Ago time={at} />,
    },
    ...(mayWrite
      ? [
          {
            key: 't-actions',
            className: 'w1',
            label: text.actions,
            cell: (row: Invitation) => <Actions invitation={row} onAgain={onAgain} />,
          },
        ]
      : []),
  ];
  return <DataTable label={text.invitationLabel} className="people-table" columns={columns} list={list} />;
}

function stateOf({ accepted_at: accepted, revoked_at: revoked, expires_at: expires }: Invitation) {
  if (accepted) return 'accepted';
  if (revoked) return 'revoked';
  return Date.parse(expires) <= Date.now() ? 'expired' : 'open';
}

const LOOKS = {
  open: ['waiting', 'waiting'],
  accepted: ['succeeded', 'succeeded'],
  revoked: ['cancelled', 'cancelled'],
  expired: ['warning', 'warn'],
} as const;

function State({ invitation }: { invitation: Invitation }) {
  const text = useTextOf(words);
  const state = stateOf(invitation);
  const [look, icon] = LOOKS[state];
  return (
    <span className="status bare" data-s={look}>
      <Icon name={icon} />
      {text[state]}
    </span>
  );
}

function Actions({ invitation, onAgain }: { invitation: Invitation; onAgain(invitation: Invitation): void }) {
  const text = useTextOf(words);
  const revoke = useChange<void>({
    run: () => api.invitations.destroy(invitation.id),
    keys: [['invitations']],
    done: () => ({ text: text.tookBack(invitation.email) }),
  });
  const state = stateOf(invitation);
  if (state === 'open')
    return (
      <button
        type="button"
        className="btn small plain"
        aria-label={text.takeBackOf(invitation.email)}
        disabled={revoke.isPending}
        onClick={() => revoke.mutate()}
      >
        {text.takeBack}
      </button>
    );
  if (state === 'accepted') return null;
  return (
    <button
      type="button"
      className="btn small plain"
      aria-label={text.againOf(invitation.email)}
      onClick={() => onAgain(invitation)}
    >
      {text.again}
    </button>
  );
}
