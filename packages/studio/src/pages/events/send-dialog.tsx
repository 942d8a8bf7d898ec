import { useMutation } from '@tanstack/react-query';
import { type InputIssue, isAutomateError } from 'automate-client';
import { useId, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { parsed } from '../../data/typed-json.ts';
import { isObject } from '../../form/pointer.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

interface SendDialogProps {
  readonly isOpen: boolean;
  onClose(): void;
  /** One was sent. */
  onSent(id: string): void;
}

/** Sends an event as a program would. */
export function SendDialog({ isOpen, onClose, onSent }: SendDialogProps) {
  const text = useTextOf(words);
  return (
    <Dialog isOpen={isOpen} title={text.sendTitle} className="send-event" onClose={onClose}>
      <Form onClose={onClose} onSent={onSent} />
    </Dialog>
  );
}

const FIRST = '{\n  \n}';

function Form({ onClose, onSent }: Omit<SendDialogProps, 'isOpen'>) {
  const text = useText();
  const own = useTextOf(words);
  const id = useId();
  const [type, setType] = useState('');
  const [source, setSource] = useState('studio');
  const [payload, setPayload] = useState(FIRST);
  const { value, problem: reason } = parsed(payload);
  const send = useMutation({
    mutationFn: async () => {
      const reply = await api.events.create({
        event_type: type.trim(),
        payload: isObject(value) ? value : {},
        ...(source.trim() !== '' && { source: source.trim() }),
      });
      return Array.isArray(reply) ? reply[0] : reply;
    },
    onSuccess(receipt) {
      onClose();
      if (!receipt) return;
      say(own.sent(type.trim()), { link: { label: own.show, onSelect: () => onSent(receipt.event_id) } });
    },
  });
  const issues = issuesOf(send.error);
  const problem = reason !== undefined ? own.notJson(reason) : isObject(value) ? undefined : own.notObject;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!problem) send.mutate();
      }}
    >
      <div className="in stack">
        <p className="soft">{own.sendNote}</p>
        <div className="field">
          <label htmlFor={`${id}-type`}>{own.type}</label>
          <input
            id={`${id}-type`}
            className="input mono"
            value={type}
            required
            maxLength={200}
            placeholder="order.created"
            onChange={({ target }) => setType(target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-source`}>{own.source}</label>
          <input
            id={`${id}-source`}
            className="input"
            value={source}
            maxLength={200}
            onChange={({ target }) => setSource(target.value)}
          />
        </div>
        <div className="field">
          <span className="label">{own.payload}</span>
          <div className="boxed">
            <JsonEditor
              value={payload}
              onChange={setPayload}
              label={own.payload}
              issues={issues
                .filter(({ pointer }) => pointer.startsWith('/payload'))
                .map(({ pointer, message }) => ({ pointer: pointer.slice('/payload'.length), message }))}
            />
          </div>
          <p className={problem ? 'error' : 'hint'}>{problem ?? own.payloadHint}</p>
        </div>
        {send.error && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <span className="anywhere">
              {wordsOf(send.error)}
              {issues.map(({ pointer, message }) => (
                <span key={pointer} className="block">
                  <code>{pointer}</code> {message}
                </span>
              ))}
            </span>
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.cancel}
        </button>
        <button
          type="submit"
          className="btn primary"
          disabled={send.isPending || problem !== undefined || type.trim() === ''}
          aria-busy={send.isPending}
        >
          <Icon name={send.isPending ? 'running' : 'send'} />
          {own.sendNow}
        </button>
      </footer>
    </form>
  );
}

function issuesOf(error: unknown): readonly InputIssue[] {
  return isAutomateError(error) ? error.errors : [];
}
