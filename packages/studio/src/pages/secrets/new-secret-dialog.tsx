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
  const [name, setName] = useState('');
  const [where, setWhere] = useState<Where>({ place: 'stored', value: '', reference: '' });
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
          ...(where.place === 'stored' ? { value: where.value } : { reference: where.reference }),
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
          <WhereFields where={where} issue={issue} onChange={setWhere} />
          <HostsField value={hosts} error={issue('/hosts')} onChange={setHosts} />
          <TextField
            label={text.description}
            rows={2}
            value={description}
            error={issue('/description')}
            onChange={setDescription}
          />
        </>
      )}
    </DialogForm>
  );
}

/** A value that is stored here, or the place where the operator keeps it. */
interface Where {
  readonly place: 'stored' | 'operator';
  readonly value: string;
  readonly reference: string;
}

interface WhereFieldsProps {
  readonly where: Where;
  issue(pointer: string): string | undefined;
  onChange(where: Where): void;
}

/** What the operator keeps is named by staff only. */
function WhereFields({ where, issue, onChange }: WhereFieldsProps) {
  const text = useTextOf(words);
  const isStaff = useSession().data?.is_staff === true;
  const set = (change: Partial<Where>) => onChange({ ...where, ...change });
  return (
    <>
      {isStaff && (
        <SelectField
          label={text.where}
          value={where.place}
          options={[
            ['stored', text.stored],
            ['operator', text.operator],
          ]}
          onChange={(place) => set({ place })}
        />
      )}
      {where.place === 'stored' ? (
        <TextField
          label={text.value}
          hint={text.valueHint}
          type="password"
          autoComplete="new-password"
          value={where.value}
          isRequired
          error={issue('/value')}
          onChange={(value) => set({ value })}
        />
      ) : (
        <TextField
          label={text.place}
          hint={text.placeHint}
          isMono
          value={where.reference}
          isRequired
          error={issue('/reference')}
          onChange={(reference) => set({ reference })}
        />
      )}
    </>
  );
}
