import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Once } from '../../ui/once.tsx';
import { words } from './words.ts';

/** A link with which somebody chooses a new password; for staff. */
export function ResetDialog({ isOpen, userId, onClose }: { isOpen: boolean; userId: string; onClose(): void }) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.resetTitle} onClose={onClose}>
      <Reset userId={userId} onClose={onClose} />
    </Dialog>
  );
}

function Reset({ userId, onClose }: { userId: string; onClose(): void }) {
  const text = useTextOf(words);
  const [link, setLink] = useState<string>();
  if (link !== undefined) return <Once label={text.link} value={link} onDone={onClose} />;
  return (
    <DialogForm
      action={text.resetLink}
      icon="link"
      send={() => api.users.reset(userId)}
      onSent={(made) => setLink(made.link)}
      onClose={onClose}
    >
      {() => <p>{text.resetNote}</p>}
    </DialogForm>
  );
}
