import { useNavigate, useSearch } from '@tanstack/react-router';
import { without } from '../../data/search.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { InvitationDialog } from './invitation-dialog.tsx';
import { Invitations } from './invitations.tsx';
import { Members } from './members.tsx';
import { RoleMatrix } from './role-matrix.tsx';
import { Room } from './room.tsx';
import { type PeopleSearch, tabs } from './search.ts';
import { UserDialog } from './user-dialog.tsx';
import { Users } from './users.tsx';
import { words } from './words.ts';

/** Who belongs to the tenant, who is invited, and what each role may do; for staff, everybody. */
export function PeoplePage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/people' });
  const navigate = useNavigate({ from: '/studio/people' });
  const mayWrite = useAllowed('members:write');
  const isStaff = useSession().data?.is_staff === true;
  useTitle(text.title);
  const change = (next: PeopleSearch) => void navigate({ search: next, replace: true });
  const close = () => change(without(search, 'new'));
  const shown = tabs.filter((tab) => tab !== 'users' || isStaff);
  const tab = search.tab && shown.includes(search.tab) ? search.tab : 'members';
  const isUsers = tab === 'users';
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <Room />
        </div>
        {mayWrite && tab !== 'roles' && (
          <button
            type="button"
            className="btn primary"
            onClick={() => change({ ...search, new: isUsers ? 'user' : 'invitation' })}
          >
            <Icon name="plus" />
            {isUsers ? text.makeUser : text.invite}
          </button>
        )}
      </div>
      <nav className="tabs" aria-label={text.title}>
        {shown.map((each) => (
          <button
            key={each}
            type="button"
            aria-current={tab === each ? 'page' : undefined}
            onClick={() => change(each === 'members' ? {} : { tab: each })}
          >
            {text.tabs[each]}
          </button>
        ))}
      </nav>
      {tab === 'members' && <Members search={search} onChange={change} />}
      {tab === 'invitations' && <Invitations search={search} onChange={change} />}
      {tab === 'roles' && <RoleMatrix />}
      {isUsers && <Users search={search} onChange={change} />}
      <InvitationDialog isOpen={mayWrite && search.new === 'invitation'} onClose={close} />
      <UserDialog isOpen={mayWrite && isStaff && search.new === 'user'} onClose={close} />
    </>
  );
}
