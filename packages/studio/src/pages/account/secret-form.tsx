import { useMutation } from '@tanstack/react-query';
import { isAutomateError } from 'automate-client';
import { type ReactNode, useId } from 'react';
import { wordsOf } from '../../api.ts';
import { issueAt } from '../../ui/field.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';

interface SecretFormProps {
  readonly label: string;
  readonly action: string;
  readonly icon: IconName;
  readonly isDanger?: boolean;
  /** Where managers of passwords look up whose it is. */
  readonly email: string;
  /** Words for a password or a code that is wrong, and its field. */
  readonly wrong: { readonly field: string; readonly words: string };
  readonly fields: readonly string[];
  send(): Promise<unknown>;
  onCancel?: (() => void) | undefined;
  readonly cancel?: string;
  children(issue: (pointer: string) => string | undefined): ReactNode;
}

/** A form that asks for a password or a code, and says at its field when it is wrong. */
export function SecretForm(props: SecretFormProps) {
  const { label, action, icon, isDanger, email, wrong, fields, send, onCancel, cancel, children } = props;
  const id = useId();
  const sending = useMutation({ mutationFn: send });
  const { error } = sending;
  const isWrong = isAutomateError(error) && error.code === 'sign_in_failed';
  const issue = (pointer: string) => (isWrong && pointer === wrong.field ? wrong.words : issueAt(error, pointer));
  const isSaid = isWrong || fields.some((field) => issue(field) !== undefined);
  return (
    <form
      className="stack"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending.isPending) sending.mutate();
      }}
    >
      <label className="sr" htmlFor={id}>
        {email}
      </label>
      <input
        id={id}
        className="sr"
        type="email"
        autoComplete="username"
        value={email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      {children(issue)}
      {error && !isSaid && (
        <p className="call" data-s="failed" role="alert">
          <Icon name="failed" />
          <span>{wordsOf(error)}</span>
        </p>
      )}
      <p className="row">
        <button
          type="submit"
          className={isDanger ? 'btn danger' : 'btn'}
          disabled={sending.isPending}
          aria-busy={sending.isPending}
        >
          <Icon name={sending.isPending ? 'running' : icon} />
          {action}
        </button>
        {onCancel && (
          <button type="button" className="btn plain" onClick={onCancel}>
            {cancel}
          </button>
        )}
      </p>
    </form>
  );
}
