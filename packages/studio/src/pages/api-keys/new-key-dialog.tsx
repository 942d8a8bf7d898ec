import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useSession } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { ScopePicker } from './scope-picker.tsx';
import { ShownKey } from './shown-key.tsx';
import { words } from './words.ts';

const DAY_MS = 86_400_000;

/** A new key: what it is for, what it may do, and for how long. Its value is shown at the end, once. */
export function NewKeyDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.newTitle} className="wide-dialog" onClose={onClose}>
      <Form onClose={onClose} />
    </Dialog>
  );
}

function Form({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const session = useSession().data;
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [days, setDays] = useState('90');
  const [isStaff, setStaff] = useState(false);
  const [made, setMade] = useState<string>();
  if (made !== undefined) return <ShownKey value={made} onDone={onClose} />;
  return (
    <DialogForm
      action={text.create}
      icon="key"
      isDisabled={scopes.length === 0}
      fields={['/name', '/scopes']}
      send={() =>
        api.apiKeys.create({
          name,
          scopes: [...scopes],
          ...(isStaff && { is_staff: true }),
          ...(days && { expires_at: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
        })
      }
      onSent={({ key }) => {
        setMade(key);
        void client.invalidateQueries({ queryKey: ['api-keys'] });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <TextField
            label={text.name}
            hint={text.nameHint}
            value={name}
            isRequired
            autoFocus
            maxLength={200}
            error={issue('/name')}
            onChange={setName}
          />
          <SelectField label={text.expiry} value={days} options={text.expiries} onChange={setDays} />
          <ScopePicker chosen={scopes} error={issue('/scopes')} onChange={setScopes} />
          {session?.is_staff && (
            <label className="check">
              <input type="checkbox" checked={isStaff} onChange={({ target }) => setStaff(target.checked)} />
              {text.asStaff}
            </label>
          )}
        </>
      )}
    </DialogForm>
  );
}
