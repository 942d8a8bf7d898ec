import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AdminModelDetail } from 'automate-client';
import type { ReactNode } from 'react';
import { request } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { ALL_ROWS, pathOf } from './model.ts';
import { reasonOf } from './row-edits.ts';
import { words } from './words.ts';

interface QuestionProps {
  readonly model: AdminModelDetail;
  readonly id: string;
  readonly name: string;
  onDone(): void;
  /** What else goes. */
  readonly children?: ReactNode;
}

/** The body of a dialog that deletes a row. */
export function DeleteQuestion({ model, id, name, onDone, children }: QuestionProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => request('DELETE', pathOf(model.detail ?? `${model.path}{id}/`, id)),
    onSuccess() {
      onDone();
      say(text.gone(name));
    },
    // What points to it is counted again too.
    onSettled: () => client.invalidateQueries({ queryKey: ALL_ROWS }),
  });
  return (
    <>
      <div className="in stack">
        <p>{text.cannotUndo}</p>
        {children}
        {remove.error && (
          <div className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <div>{reasonOf(remove.error)}</div>
          </div>
        )}
      </div>
      <footer>
        <button type="button" className="btn danger push" disabled={remove.isPending} onClick={() => remove.mutate()}>
          {text.deleteTitle(name)}
        </button>
      </footer>
    </>
  );
}
