import { useQueryClient } from '@tanstack/react-query';
import type { PromptDetail, PromptTestSet } from 'automate-client';
import { useState } from 'react';
import { api } from '../../../api.ts';
import { useTextOf } from '../../../text/text.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DialogForm } from '../../../ui/dialog-form.tsx';
import { TextField } from '../../../ui/field.tsx';
import { words } from './words.ts';

/** Versions one chooses from. */
const SHOWN = 8;

interface RunDialogProps {
  readonly prompt: PromptDetail;
  /** What is run; undefined: nothing, and the dialog is closed. */
  readonly set: Pick<PromptTestSet, 'id' | 'name' | 'cases'> | undefined;
  onRun(id: string): void;
  onCompare(id: string, other: string): void;
  onClose(): void;
}

/** Puts versions to a test set, each in a run of its own. */
export function RunDialog(props: RunDialogProps) {
  const text = useTextOf(words);
  const { set, onClose } = props;
  return (
    <Dialog isOpen={set !== undefined} title={text.runSet(set?.name ?? '')} onClose={onClose}>
      {set && <Form {...props} set={set} />}
    </Dialog>
  );
}

function Form({ prompt, set, onRun, onCompare, onClose }: RunDialogProps & { readonly set: NonNullable<RunDialogProps['set']> }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const { latest_version: latest, labels } = prompt;
  const led = labels.flatMap(({ variants }) => variants.map(({ version }) => version));
  const recent = Array.from({ length: Math.min(latest, SHOWN) }, (_, index) => latest - index);
  const numbers = [...new Set([...recent, ...led])].toSorted((one, other) => other - one);
  const [chosen, setChosen] = useState<readonly number[]>([latest]);
  const [model, setModel] = useState('');
  const send = async () => {
    const ids: string[] = [];
    for (const version of chosen.toSorted((one, other) => other - one))
      ids.push(
        (await api.promptRuns.create({ test_set_id: set.id, version, ...(model.trim() !== '' && { model: model.trim() }) })).id,
      );
    return ids;
  };
  return (
    <DialogForm
      action={text.start}
      icon="play"
      isDisabled={chosen.length === 0}
      fields={['/model']}
      send={send}
      onSent={([first, second, ...more]) => {
        onClose();
        void client.invalidateQueries({ queryKey: ['prompt-runs', prompt.id] });
        if (first && second && more.length === 0) onCompare(first, second);
        else if (first && !second) onRun(first);
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <p className="soft">{text.runNote(set.cases.length)}</p>
          <fieldset className="stack">
            <legend>{text.versions}</legend>
            {numbers.map((version) => (
              <label key={version} className="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(version)}
                  onChange={({ target }) =>
                    setChosen(target.checked ? [...chosen, version] : chosen.filter((one) => one !== version))
                  }
                />
                <span>
                  v{version}{' '}
                  <span className="soft small">
                    {labels
                      .filter(({ variants }) => variants.some((one) => one.version === version))
                      .map(({ name }) => name)
                      .join(', ')}
                  </span>
                </span>
              </label>
            ))}
          </fieldset>
          <TextField
            label={text.model}
            optional={text.optional}
            hint={text.modelHint}
            isMono
            value={model}
            error={issue('/model')}
            onChange={setModel}
          />
        </>
      )}
    </DialogForm>
  );
}
