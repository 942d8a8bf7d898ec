import { useQueryClient } from '@tanstack/react-query';
import type { PromptDetail, PromptLabel } from 'automate-client';
import { api } from '../../../api.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DialogForm } from '../../../ui/dialog-form.tsx';
import { say } from '../../../ui/toast.tsx';
import { words } from './words.ts';

interface RemoveProps {
  readonly prompt: PromptDetail;
  readonly label: PromptLabel | undefined;
  onClose(): void;
}

/** Takes a label away, once it has said what that breaks. */
export function RemoveLabelDialog({ prompt, label, onClose }: RemoveProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const name = label?.name ?? '';
  return (
    <Dialog isOpen={label !== undefined} title={text.removeLabel(name)} onClose={onClose}>
      <DialogForm
        action={text.remove}
        icon="trash"
        isDanger
        send={() => api.prompts.removeLabel(prompt.id, name)}
        onSent={() => {
          onClose();
          say(text.removed(name));
          for (const queryKey of [['prompt', prompt.id], ['prompts']]) void client.invalidateQueries({ queryKey });
        }}
        onClose={onClose}
      >
        {() => <p>{text.removeNote}</p>}
      </DialogForm>
    </Dialog>
  );
}
