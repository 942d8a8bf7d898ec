import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DialogForm } from './dialog-form.tsx';
import { TextField } from './field.tsx';
import { say } from './toast.tsx';

interface RenameFormProps {
  readonly name: string;
  readonly text: { readonly name: string; readonly rename: string; renamed(name: string): string };
  /** What is read again afterwards. */
  readonly keys: readonly QueryKey[];
  rename(name: string): Promise<unknown>;
  onClose(): void;
}

/** The inside of a dialog that gives something another name. */
export function RenameForm({ name: before, text, keys, rename, onClose }: RenameFormProps) {
  const client = useQueryClient();
  const [name, setName] = useState(before);
  return (
    <DialogForm
      action={text.rename}
      icon="edit"
      fields={['/name']}
      send={() => rename(name)}
      onSent={() => {
        onClose();
        for (const queryKey of keys) void client.invalidateQueries({ queryKey });
        say(text.renamed(name));
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
