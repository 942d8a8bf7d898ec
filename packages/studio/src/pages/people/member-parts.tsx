import type { Member } from 'automate-client';
import { api } from '../../api.ts';
import { useChange } from '../../data/change.ts';
import { useAllowed, useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { type Role, roles, useRoleNames } from '../../ui/roles.ts';
import { words } from './words.ts';

export function OnOff({ isOn }: { isOn: boolean }) {
  const text = useTextOf(words);
  return <span className={isOn ? 'badge good' : 'badge'}>{isOn ? text.on : text.off}</span>;
}

/** The role, to be changed where that is allowed; the toast takes it back. */
export function MemberRole({ member, isSmall = true }: { member: Member; isSmall?: boolean }) {
  const text = useTextOf(words);
  const names = useRoleNames();
  const session = useSession().data;
  const mayWrite = useAllowed('members:write');
  const set = useChange<Role>({
    run: (role) => api.members.partialUpdate(member.id, { role }),
    keys: [['members'], ['session']],
    done: (role) => ({
      text: text.roleChanged(member.name, names[role]),
      undo: () => api.members.partialUpdate(member.id, { role: member.role }),
    }),
  });
  const mayOwners = session?.role === 'owner' || session?.is_staff === true;
  if (!mayWrite || (member.role === 'owner' && !mayOwners)) return names[member.role];
  return (
    <select
      className={isSmall ? 'select small quiet w-auto' : 'select w-auto'}
      aria-label={text.roleOf(member.name)}
      value={member.role}
      disabled={set.isPending}
      onChange={({ target }) => set.mutate(target.value as Role)}
    >
      {roles
        .filter((role) => role !== 'owner' || mayOwners)
        .map((role) => (
          <option key={role} value={role}>
            {names[role]}
          </option>
        ))}
    </select>
  );
}
