import { useState } from 'react';
import { api } from '../../../api.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DialogForm } from '../../../ui/dialog-form.tsx';
import { TextField } from '../../../ui/field.tsx';
import { words } from './words.ts';

interface NewSetProps {
  readonly promptId: string;
  readonly isOpen: boolean;
  onMade(id: string): void;
  onClose(): void;
}

/** A new test set: its name; its cases are written next. */
export function NewSetDialog(props: NewSetProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={props.isOpen} title={text.newSet} onClose={props.onClose}>
      <Form {...props} />
    </Dialog>
  );
}

function Form({ promptId, onMade, onClose }: NewSetProps) {
  const text = useTextOf(words);
  const [name, setName] = useState('');
  return (
    <DialogForm
      action={text.create}
      icon="check"
      fields={['/name']}
      send={() => api.promptTestSets.create({ prompt_id: promptId, name, cases: [] })}
      onSent={({ id }) => {
        onClose();
        onMade(id);
      }}
      onClose={onClose}
    >
      {(issue) => (
        <TextField
          label={text.name}
          value={name}
          isRequired
          autoFocus
          maxLength={200}
          error={issue('/name')}
          onChange={setName}
        />
      )}
    </DialogForm>
  );
}
