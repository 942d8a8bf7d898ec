import { useMutation } from '@tanstack/react-query';
import { isAutomateError } from 'automate-client';
import type { ReactNode } from 'react';
import { wordsOf } from '../api.ts';
import { useText } from '../text/text.tsx';
import { issueAt } from './field.tsx';
import { Icon, type IconName } from './icon.tsx';

interface DialogFormProps<Result> {
  /** Verb of its button. */
  readonly action: string;
  readonly icon: IconName;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** Pointers of the fields that say themselves what is wrong with them. */
  readonly fields?: readonly string[];
  send(): Promise<Result>;
  onSent(result: Result): void;
  onClose(): void;
  /** @param issue what the server says of a field, by its pointer */
  children(issue: (pointer: string) => string | undefined): ReactNode;
}

/** The inside of a dialog that sends something: fields, what the server said, and the two buttons. */
export function DialogForm<Result>(props: DialogFormProps<Result>) {
  const { action, icon, isDanger, isDisabled = false, fields = [], send, onSent, onClose, children } = props;
  const text = useText();
  const sending = useMutation({ mutationFn: send, onSuccess: onSent });
  const issue = (pointer: string) => issueAt(sending.error, pointer);
  const isSaidByFields =
    isAutomateError(sending.error) &&
    sending.error.errors.length > 0 &&
    sending.error.errors.every(({ pointer }) => fields.some((field) => pointer === field || pointer.startsWith(`${field}/`)));
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.isPending && !isDisabled) sending.mutate();
      }}
    >
      <div className="in stack">
        {children(issue)}
        {sending.error && !isSaidByFields && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <span>{wordsOf(sending.error)}</span>
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.cancel}
        </button>
        <button
          type="submit"
          className={isDanger ? 'btn danger' : 'btn primary'}
          disabled={sending.isPending || isDisabled}
          aria-busy={sending.isPending}
        >
          <Icon name={sending.isPending ? 'running' : icon} />
          {action}
        </button>
      </footer>
    </form>
  );
}
