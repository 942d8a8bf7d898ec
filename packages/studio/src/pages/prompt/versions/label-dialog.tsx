import { useQueryClient } from '@tanstack/react-query';
import type { PromptDetail, PromptLabel, PromptLabelPut, PromptVersion } from 'automate-client';
import { useState } from 'react';
import { api } from '../../../api.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DialogForm } from '../../../ui/dialog-form.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { sharesOf } from '../../../ui/prompt-label.tsx';
import { say } from '../../../ui/toast.tsx';
import { GUARDED, useRights } from '../read.ts';
import { type Share, ShareFields } from './share-fields.tsx';
import { words } from './words.ts';

interface LabelDialogProps {
  readonly prompt: PromptDetail;
  readonly versions: readonly PromptVersion[];
  readonly isOpen: boolean;
  /** The one that is moved; undefined: which one is asked for. */
  readonly label: PromptLabel | undefined;
  /** Where it is to lead; undefined: where it does, else to the latest. */
  readonly version: number | undefined;
  onClose(): void;
}

/** Moves a label, once it has said what that changes. */
export function LabelDialog(props: LabelDialogProps) {
  const text = useTextOf(words);
  const { isOpen, label, onClose } = props;
  return (
    <Dialog isOpen={isOpen} title={label ? text.moveLabel(label.name) : text.moveTitle} onClose={onClose}>
      <Form {...props} />
    </Dialog>
  );
}

const OWN = '';

function Form({ prompt, versions, label, version, onClose }: LabelDialogProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const { mayPublish } = useRights();
  const names = [...new Set(['production', 'approved', ...prompt.labels.map(({ name }) => name)])].filter(
    (name) => mayPublish || !GUARDED.includes(name),
  );
  const [chosen, setChosen] = useState(label?.name ?? names[0] ?? OWN);
  const [own, setOwn] = useState('');
  const name = chosen === OWN ? own.trim() : chosen;
  const now = prompt.labels.find((one) => one.name === name);
  const [shares, setShares] = useState<readonly Share[]>(() =>
    label && label.variants.length > 1
      ? label.variants.map((one) => ({ version: one.version, weight: String(one.weight) }))
      : [{ version: version ?? prompt.latest_version, weight: '50' }],
  );
  const [sticky, setSticky] = useState<'none' | 'caller' | 'key'>(label?.sticky ?? 'none');
  const isShared = shares.length > 1;
  const variants = shares.map((one) => ({ version: one.version, weight: Number(one.weight) }));
  const body: PromptLabelPut = isShared
    ? { variants, ...(sticky !== 'none' && { sticky }) }
    : { version: shares[0]?.version ?? prompt.latest_version };
  const told = (led: readonly { version: number; weight: number }[]) => (led.length > 1 ? sharesOf(led) : `v${led[0]?.version}`);
  const isGuarded = GUARDED.includes(name);
  return (
    <DialogForm
      action={text.moveTo(name || '…')}
      icon="tag"
      isDisabled={name === ''}
      fields={['/path/name']}
      send={() => api.prompts.putLabel(prompt.id, name, body)}
      onSent={() => {
        onClose();
        say(text.movedNow(name, told(variants)));
        for (const queryKey of [['prompt', prompt.id], ['prompts']]) void client.invalidateQueries({ queryKey });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          {!label && <NameFields names={names} chosen={chosen} own={own} issue={issue} onChoose={setChosen} onOwn={setOwn} />}
          <ShareFields shares={shares} versions={versions} onChange={setShares} />
          {isShared && (
            <SelectField
              label={text.sticky}
              value={sticky}
              options={(['none', 'caller', 'key'] as const).map((one) => [one, text.stickies[one]] as const)}
              onChange={setSticky}
            />
          )}
          {name !== '' && (
            <p className="call" data-s={isGuarded ? 'warning' : 'running'}>
              <Icon name={isGuarded ? 'warn' : 'info'} />
              <span>{text.change(name, now && told(now.variants), told(variants))}</span>
            </p>
          )}
        </>
      )}
    </DialogForm>
  );
}

interface NameFieldsProps {
  readonly names: readonly string[];
  readonly chosen: string;
  readonly own: string;
  issue(pointer: string): string | undefined;
  onChoose(name: string): void;
  onOwn(name: string): void;
}

/** Which label it is: one that is known, or a name of one's own. */
function NameFields({ names, chosen, own, issue, onChoose, onOwn }: NameFieldsProps) {
  const text = useTextOf(words);
  return (
    <>
      <SelectField
        label={text.label}
        value={chosen}
        options={[...names.map((one) => [one, one] as const), [OWN, text.ownLabel] as const]}
        onChange={onChoose}
      />
      {chosen === OWN && (
        <TextField
          label={text.labelName}
          hint={text.labelHint}
          isMono
          isRequired
          value={own}
          maxLength={50}
          error={issue('/path/name')}
          onChange={onOwn}
        />
      )}
    </>
  );
}
