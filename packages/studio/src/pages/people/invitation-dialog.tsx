import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Once } from '../../ui/once.tsx';
import { type Role, roles, useRoleNames } from '../../ui/roles.ts';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface InvitationDialogProps {
  readonly isOpen: boolean;
  /** Whom to invite again. */
  readonly email?: string;
  readonly role?: Role;
  onClose(): void;
}

/** Lets one person into the tenant: by mail where there is a server for it, else by a link that is shown once. */
export function InvitationDialog({ isOpen, onClose, ...again }: InvitationDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.inviteTitle} onClose={onClose}>
      <Form {...again} onClose={onClose} />
    </Dialog>
  );
}

function Form({ email: given = '', role: before = 'viewer', onClose }: Omit<InvitationDialogProps, 'isOpen'>) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [email, setEmail] = useState(given);
  const [role, setRole] = useState<Role>(before);
  const [days, setDays] = useState('7');
  const [link, setLink] = useState<string>();
  const options = useGrantable();
  if (link !== undefined) return <Once label={text.link} value={link} onDone={onClose} />;
  return (
    <DialogForm
      action={text.sendInvitation}
      icon="send"
      fields={['/email', '/role']}
      send={() => api.invitations.create({ email, role, days: Number(days) })}
      onSent={(made) => {
        void client.invalidateQueries({ queryKey: ['invitations'] });
        if (made.link !== null) return setLink(made.link);
        onClose();
        say(text.mailed(made.email));
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <TextField
            label={text.email}
            type="email"
            value={email}
            isRequired
            autoFocus
            maxLength={254}
            error={issue('/email')}
            onChange={setEmail}
          />
          <SelectField label={text.role} value={role} options={options} error={issue('/role')} onChange={setRole} />
          <SelectField label={text.days} value={days} options={text.dayChoices} onChange={setDays} />
        </>
      )}
    </DialogForm>
  );
}

/** Roles that one may give: only owners and staff make owners. */
export function useGrantable(): readonly (readonly [Role, string])[] {
  const names = useRoleNames();
  const session = useSession().data;
  const mayOwners = session?.role === 'owner' || session?.is_staff === true;
  return roles.filter((role) => role !== 'owner' || mayOwners).map((role) => [role, names[role]] as const);
}
