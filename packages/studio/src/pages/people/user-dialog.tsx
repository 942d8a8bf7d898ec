import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Once } from '../../ui/once.tsx';
import type { Role } from '../../ui/roles.ts';
import { useGrantable } from './invitation-dialog.tsx';
import { words } from './words.ts';

/** A new account, made by staff; whose it is chooses a password by the link that is shown once. */
export function UserDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.userTitle} onClose={onClose}>
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [isStaff, setStaff] = useState(false);
  const [link, setLink] = useState<string>();
  const options = useGrantable();
  if (link !== undefined) return <Once label={text.link} value={link} onDone={onClose} />;
  return (
    <DialogForm
      action={text.createUser}
      icon="plus"
      fields={['/name', '/email', '/role']}
      send={() => api.users.create({ name, email, role, is_staff: isStaff })}
      onSent={(made) => {
        setLink(made.link);
        void client.invalidateQueries({ queryKey: ['users'] });
        void client.invalidateQueries({ queryKey: ['members'] });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <p className="soft">{text.userNote}</p>
          <TextField
            label={text.name}
            value={name}
            isRequired
            autoFocus
            maxLength={200}
            error={issue('/name')}
            onChange={setName}
          />
          <TextField
            label={text.email}
            type="email"
            value={email}
            isRequired
            maxLength={254}
            error={issue('/email')}
            onChange={setEmail}
          />
          <SelectField label={text.role} value={role} options={options} error={issue('/role')} onChange={setRole} />
          <label className="check">
            <input type="checkbox" checked={isStaff} onChange={({ target }) => setStaff(target.checked)} />
            {text.asStaff}
          </label>
        </>
      )}
    </DialogForm>
  );
}
