import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { Once } from '../../ui/once.tsx';
import { RenameForm } from '../../ui/rename-form.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

/** A new tenant, with somebody who is let in as its owner. */
export function NewTenantDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.newTitle} onClose={onClose}>
      <Make onClose={onClose} />
    </Dialog>
  );
}

function Make({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [slug, setSlug] = useState<string>();
  const [owner, setOwner] = useState('');
  const [link, setLink] = useState<string>();
  if (link !== undefined) return <Once label={text.link} value={link} onDone={onClose} />;
  const shownSlug = slug ?? slugOf(name);
  return (
    <DialogForm
      action={text.create}
      icon="plus"
      fields={['/name', '/slug', '/owner']}
      send={() => api.tenants.create({ name, slug: shownSlug, ...(owner && { owner }) })}
      onSent={(made) => {
        void client.invalidateQueries({ queryKey: ['tenants'] });
        if (made.invitation_link !== null) return setLink(made.invitation_link);
        onClose();
        say(text.created(made.name));
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
            hint={text.slugHint}
            isMono
            value={shownSlug}
            isRequired
            maxLength={60}
            error={issue('/slug')}
            onChange={setSlug}
          />
          <TextField
            label={text.owner}
            optional={text.optional}
            hint={text.ownerHint}
            type="email"
            value={owner}
            maxLength={254}
            error={issue('/owner')}
            onChange={setOwner}
          />
        </>
      )}
    </DialogForm>
  );
}

/** A name as a slug: letters without their marks, words joined. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}

interface RenameDialogProps {
  /** Undefined: it is closed. */
  readonly tenant: { readonly id: string; readonly name: string } | undefined;
  onClose(): void;
}

export function RenameDialog({ tenant, onClose }: RenameDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={tenant !== undefined} title={text.renameTitle(tenant?.name ?? '')} onClose={onClose}>
      {tenant && (
        <RenameForm
          name={tenant.name}
          text={text}
          keys={[['tenants'], ['session']]}
          rename={(name) => api.tenants.partialUpdate(tenant.id, { name })}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}
