import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { wordsOf } from '../api.ts';
import { followBatch } from '../data/batches.ts';
import { useText, useTextOf } from '../text/text.tsx';
import { Dialog } from './dialog.tsx';
import { Icon, type IconName } from './icon.tsx';
import { words } from './list-words.ts';

export interface BatchDialogProps {
  readonly isOpen: boolean;
  /** What it does, with the count in it: "Cancel 12 executions". Asked for when it opens. */
  title(count: number): string;
  /** What will happen to each. */
  readonly note: ReactNode;
  readonly verb: string;
  readonly icon: IconName;
  readonly count: number;
  readonly isDangerous?: boolean;
  /** What one can choose about it. */
  readonly children?: ReactNode;
  /** Starts it. @returns the id of its job */
  start(): Promise<string>;
  onStarted(): void;
  onClose(): void;
}

/** Says what will happen to many rows before it does; then a job does it, which is followed on every page. */
export function BatchDialog({ isOpen, title: titleOf, onClose, ...form }: BatchDialogProps) {
  const title = isOpen ? titleOf(form.count) : '';
  return (
    <Dialog isOpen={isOpen} title={title} onClose={onClose}>
      <Form {...form} title={title} onClose={onClose} />
    </Dialog>
  );
}

function Form(props: Omit<BatchDialogProps, 'isOpen' | 'title'> & { readonly title: string }) {
  const { title, note, verb, icon, count, isDangerous = false, children, start, onStarted, onClose } = props;
  const text = useText();
  const { batch } = useTextOf(words);
  const begin = useMutation({
    mutationFn: start,
    onSuccess(jobId) {
      onClose();
      onStarted();
      followBatch(jobId, title);
    },
  });
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <div className="in stack">
        <p>{note}</p>
        {children}
        <p className="soft small">
          {batch.partly} {batch.followed}
        </p>
        {begin.error && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            {wordsOf(begin.error)}
          </p>
        )}
      </div>
      <footer>
        <button type="button" className="btn" onClick={onClose}>
          {text.close}
        </button>
        <button
          type="submit"
          className={isDangerous ? 'btn danger' : 'btn primary'}
          disabled={begin.isPending}
          aria-busy={begin.isPending}
        >
          <Icon name={begin.isPending ? 'running' : icon} />
          {batch.start(verb, count)}
        </button>
      </footer>
    </form>
  );
}
