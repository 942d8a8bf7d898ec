import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { HostsField, hostsIn } from './hosts-field.tsx';
import { words } from './words.ts';

/** A new secret: its name, its value, and the hosts it may go to. */
export function NewSecretDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.newTitle} onClose={onClose}>
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const isStaff = useSession().data?.is_staff === true;
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [place, setPlace] = useState<'stored' | 'operator'>('stored');
  const [reference, setReference] = useState('');
  const [hosts, setHosts] = useState('');
  const [description, setDescription] = useState('');
  return (
    <DialogForm
      action={text.create}
      icon="lock"
      fields={['/name', '/value', '/reference', '/hosts', '/description']}
      send={() =>
        api.secrets.create({
          name,
          description,
          hosts: hostsIn(hosts),
          ...(place === 'stored' ? { value } : { reference }),
        })
      }
      onSent={() => {
        onClose();
        say(text.created(name));
        void client.invalidateQueries({ queryKey: ['secrets'] });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <TextField
            label={text.name}
            hint={text.nameHint}
            isMono
            value={name}
            isRequired
            autoFocus
            maxLength={100}
            error={issue('/name')}
            onChange={setName}
          />
          {isStaff && (
            <SelectField
              label={text.where}
              value={place}
              options={[
                ['stored', text.stored],
                ['operator', text.operator],
              ]}
              onChange={setPlace}
            />
          )}
          {place === 'stored' ? (
            <TextField
              label={text.value}
              hint={text.valueHint}
              type="password"
              autoComplete="new-password"
              value={value}
              isRequired
              error={issue('/value')}
              onChange={setValue}
            />
          ) : (
            <TextField
              label={text.place}
              hint={text.placeHint}
              isMono
              value={reference}
              isRequired
              error={issue('/reference')}
              onChange={setReference}
            />
          )}
          <HostsField value={hosts} error={issue('/hosts')} onChange={setHosts} />
          <TextField label={text.description} rows={2} value={description} error={issue('/description')} onChange={setDescription} />
        </>
      )}
    </DialogForm>
  );
}
