import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { say } from '../../ui/toast.tsx';
import { parsed } from './typed-json.ts';
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
  const shared = useText();
  const text = useTextOf(words);
  const id = useId();
  const [typed, setTyped] = useState('{}');
  const { value, problem } = parsed(typed);
  const send = useMutation({
    mutationFn: () => api.executions.signal(executionId, { name, data: value }),
    onSuccess() {
      onClose();
      say(text.signalSent);
    },
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === undefined) send.mutate();
      }}
    >
      <div className="in stack">
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
        {send.error && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            {wordsOf(send.error)}
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {shared.cancel}
        </button>
        <button
          type="submit"
          className="btn primary"
          disabled={send.isPending || problem !== undefined}
          aria-busy={send.isPending}
        >
          <Icon name={send.isPending ? 'running' : 'send'} />
          {text.sendSignal}
        </button>
      </footer>
    </form>
  );
}
