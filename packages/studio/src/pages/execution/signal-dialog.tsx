import { useId, useState } from 'react';
import { api } from '../../api.ts';
import { parsed } from '../../data/typed-json.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface SignalProps {
  readonly isOpen: boolean;
  readonly executionId: string;
  /** As the waiting step names it. */
  readonly name: string;
  onClose(): void;
}

/** Tells a waiting step what it waits for. */
export function SignalDialog({ isOpen, executionId, name, onClose }: SignalProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.signalTitle} onClose={onClose}>
      <Form executionId={executionId} name={name} onClose={onClose} />
    </Dialog>
  );
}

function Form({ executionId, name, onClose }: Omit<SignalProps, 'isOpen'>) {
  const text = useTextOf(words);
  const id = useId();
  const [typed, setTyped] = useState('{}');
  const { value, problem } = parsed(typed);
  return (
    <DialogForm
      action={text.sendSignal}
      icon="send"
      isDisabled={problem !== undefined}
      send={() => api.executions.signal(executionId, { name, data: value })}
      onSent={() => {
        onClose();
        say(text.signalSent);
      }}
      onClose={onClose}
    >
      {() => (
        <>
          <p className="soft">{text.signalNote}</p>
          <p>
            {text.signalName}: <code>{name}</code>
          </p>
          <div className="field">
            <span className="label" id={id}>
              {text.signalData}
            </span>
            <div className="code edit-box">
              <JsonEditor value={typed} onChange={setTyped} label={text.signalData} />
            </div>
            {problem !== undefined && <p className="error">{text.notJson(problem)}</p>}
          </div>
        </>
      )}
    </DialogForm>
  );
}
