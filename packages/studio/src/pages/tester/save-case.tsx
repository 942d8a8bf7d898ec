import { useState } from 'react';
import { useSaveCase } from '../../data/rule-cases.ts';
import { isObject } from '../../form/pointer.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface SaveCaseProps {
  readonly isOpen: boolean;
  readonly workflowId: string;
  /** The step whose condition it is of; undefined: the triggers. */
  readonly step: string | undefined;
  readonly event: unknown;
  /** What the rule says now. */
  readonly match: boolean | undefined;
  onClose(): void;
}

/** Keeps an event with what the rule has to say about it. */
export function SaveCase({ isOpen, onClose, ...rest }: SaveCaseProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.saveTitle} onClose={onClose}>
      <Form {...rest} onClose={onClose} />
    </Dialog>
  );
}

function Form({ workflowId, step, event, match, onClose }: Omit<SaveCaseProps, 'isOpen'>) {
  const text = useTextOf(words);
  const [name, setName] = useState('');
  const [matches, setMatches] = useState(match ?? true);
  const save = useSaveCase(workflowId);
  const choices = step === undefined ? ([text.starts, text.startsNot] as const) : ([text.holds, text.holdsNot] as const);
  return (
    <DialogForm
      action={text.save}
      icon="check"
      isDisabled={!isObject(event)}
      send={() => save.mutateAsync({ name: name.trim(), step: step ?? null, event: event as Record<string, unknown>, matches })}
      onSent={({ outcome }) => {
        onClose();
        if (outcome.passed) say(text.saved(name.trim()));
        else say(text.savedFails(name.trim()), { status: 'waiting' });
      }}
      onClose={onClose}
    >
      {() => (
        <>
          <p className="soft">{text.saveNote}</p>
          <div className="field">
            <label htmlFor="case-name">{text.name}</label>
            <input
              id="case-name"
              className="input"
              required
              maxLength={200}
              value={name}
              aria-describedby="case-hint"
              onChange={({ target }) => setName(target.value)}
            />
            <p id="case-hint" className="hint">
              {text.nameHint}
            </p>
          </div>
          <fieldset className="field">
            <legend className="label">{text.expected}</legend>
            {choices.map((label, index) => (
              <label key={label} className="row">
                <input
                  type="radio"
                  name="case-matches"
                  checked={matches === (index === 0)}
                  onChange={() => setMatches(index === 0)}
                />
                {label}
              </label>
            ))}
          </fieldset>
          {!isObject(event) && <p className="error">{text.notEvent}</p>}
        </>
      )}
    </DialogForm>
  );
}
