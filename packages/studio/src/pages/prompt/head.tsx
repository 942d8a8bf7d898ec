import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { PromptDetail } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LabelBadge } from '../../ui/prompt-label.tsx';
import { say } from '../../ui/toast.tsx';
import { useRights } from './read.ts';
import { type Tab, tabs } from './search.ts';
import { words } from './words.ts';

const EXACT = { exact: true, includeSearch: true };

/** What it is, what is in force of it, and its parts. */
export function Head({ prompt, tab }: { prompt: PromptDetail; tab: Tab | undefined }) {
  const text = useTextOf(words);
  const { mayWrite } = useRights();
  const [doing, setDoing] = useState<'change' | 'remove'>();
  const { id, name, slug, description, labels } = prompt;
  const close = () => setDoing(undefined);
  return (
    <>
      <div className="xhead">
        <div className="row wrap">
          <h1 className="cut">{name}</h1>
          <code className="soft">{slug}</code>
          {labels.map((label) => (
            <LabelBadge key={label.name} {...label} />
          ))}
          {mayWrite && (
            <span className="push row">
              <button type="button" className="btn" onClick={() => setDoing('change')}>
                <Icon name="edit" />
                {text.rename}
              </button>
              <button type="button" className="btn danger" onClick={() => setDoing('remove')}>
                <Icon name="trash" />
                {text.remove}
              </button>
            </span>
          )}
        </div>
        {description && <p className="soft">{description}</p>}
      </div>
      <nav className="tabs" aria-label={text.parts}>
        {([undefined, ...tabs] as const).map((one) => (
          <Link
            key={one ?? 'edit'}
            to="/studio/prompts/$id/"
            params={{ id }}
            search={one ? { tab: one } : {}}
            activeOptions={EXACT}
            aria-current={tab === one ? 'page' : undefined}
          >
            {text.tabs[one ?? 'edit']}
          </Link>
        ))}
      </nav>
      <Dialog isOpen={doing === 'change'} title={text.renameTitle(name)} onClose={close}>
        <ChangeForm prompt={prompt} onClose={close} />
      </Dialog>
      <Dialog isOpen={doing === 'remove'} title={text.removeTitle(name)} onClose={close}>
        <RemoveForm prompt={prompt} onClose={close} />
      </Dialog>
    </>
  );
}

interface FormProps {
  readonly prompt: PromptDetail;
  onClose(): void;
}

function ChangeForm({ prompt, onClose }: FormProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [name, setName] = useState(prompt.name);
  const [description, setDescription] = useState(prompt.description);
  return (
    <DialogForm
      action={text.save}
      icon="check"
      fields={['/name', '/description']}
      send={() => api.prompts.partialUpdate(prompt.id, { name, description })}
      onSent={() => {
        onClose();
        say(text.renamed(name));
        for (const queryKey of [['prompt', prompt.id], ['prompts']]) void client.invalidateQueries({ queryKey });
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

function RemoveForm({ prompt, onClose }: FormProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const navigate = useNavigate();
  return (
    <DialogForm
      action={text.remove}
      icon="trash"
      isDanger
      send={() => api.prompts.destroy(prompt.id)}
      onSent={() => {
        onClose();
        say(text.removed(prompt.name));
        void client.invalidateQueries({ queryKey: ['prompts'] });
        void navigate({ to: '/studio/prompts/' });
      }}
      onClose={onClose}
    >
      {() => <p>{text.removeNote}</p>}
    </DialogForm>
  );
}
