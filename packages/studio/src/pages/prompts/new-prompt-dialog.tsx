import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

/** A new prompt: its name; what it says is written next. */
export function NewPromptDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
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
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const [description, setDescription] = useState('');
  return (
    <DialogForm
      action={text.create}
      icon="prompt"
      fields={['/name', '/slug', '/description']}
      send={() => api.prompts.create({ name, description, ...(slug && { slug }) })}
      onSent={({ id }) => {
        onClose();
        say(text.created(name));
        void client.invalidateQueries({ queryKey: ['prompts'] });
        void navigate({ to: '/studio/prompts/$id/', params: { id } });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
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
            label={text.slug}
            optional={text.optional}
            hint={text.slugHint}
            isMono
            value={slug}
            maxLength={100}
            error={issue('/slug')}
            onChange={setSlug}
          />
          <TextField
            label={text.description}
            optional={text.optional}
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
