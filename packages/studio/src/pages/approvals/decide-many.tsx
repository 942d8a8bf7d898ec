import { useQueryClient } from '@tanstack/react-query';
import type { Approval } from 'automate-client';
import { useId, useRef, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import type { BatchFailure } from '../../data/batches.ts';
import { useText, useTextOf } from '../../text/text.tsx';
import { Failures, Meter } from '../../ui/batch-progress.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import type { FieldSchema } from './fields.ts';
import { words } from './words.ts';

interface DecideManyProps {
  readonly isOpen: boolean;
  readonly decision: 'approved' | 'rejected';
  readonly approvals: readonly Approval[];
  onClose(): void;
  onDone(): void;
}

/** Makes one decision about many, one after the other: each counts as if it were made alone. */
export function DecideMany({ isOpen, decision, approvals, onClose, onDone }: DecideManyProps) {
  const text = useTextOf(words);
  // What asks for data is approved by who fills it in.
  const decidable = decision === 'rejected' ? approvals : approvals.filter(needsNothing);
  const title = decision === 'approved' ? text.approveMany(decidable.length) : text.rejectMany(decidable.length);
  return (
    <Dialog isOpen={isOpen} title={title} onClose={onClose}>
      <Form
        title={title}
        decision={decision}
        decidable={decidable}
        left={approvals.length - decidable.length}
        {...{ onClose, onDone }}
      />
    </Dialog>
  );
}

export function needsNothing({ schema }: Approval): boolean {
  return schema === null || ((schema as FieldSchema).required ?? []).length === 0;
}

interface FormProps extends Pick<DecideManyProps, 'decision' | 'onClose' | 'onDone'> {
  readonly title: string;
  readonly decidable: readonly Approval[];
  readonly left: number;
}

function Form({ title, decision, decidable, left, onClose, onDone }: FormProps) {
  const text = useText();
  const own = useTextOf(words);
  const id = useId();
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const [progress, setProgress] = useState<{ total: number; done: number; failures: readonly BatchFailure[] }>();
  const isStopped = useRef(false);
  const run = async () => {
    let [done, failures]: [number, readonly BatchFailure[]] = [0, []];
    const total = decidable.length;
    setProgress({ total, done, failures });
    for (const approval of decidable) {
      if (isStopped.current) break;
      try {
        await api.approvals.decide(approval.id, { decision, ...(comment.trim() !== '' && { comment: comment.trim() }) });
        done += 1;
      } catch (error) {
        failures = [...failures, { id: approval.id, code: '', message: `${approval.title}: ${wordsOf(error)}` }];
      }
      setProgress({ total, done, failures });
    }
    await client.invalidateQueries({ queryKey: ['approvals'] });
    onDone();
    say(own.done(done), { status: failures.length > 0 ? 'retrying' : 'succeeded' });
    if (failures.length === 0) onClose();
  };
  const isOver = progress && progress.done + progress.failures.length >= progress.total;
  return (
    <form
      className="contents"
      onSubmit={(event) => {
        event.preventDefault();
        if (!progress) void run();
      }}
    >
      <div className="in stack">
        <p>{own.manyNote}</p>
        {left > 0 && <p className="soft">{own.needsForm(left)}</p>}
        <div className="field">
          <label htmlFor={id}>{own.comment}</label>
          <textarea
            id={id}
            className="input"
            rows={2}
            maxLength={2_000}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
        </div>
        {progress && (
          <div className="stack" data-s="running">
            <Meter batch={{ total: progress.total, done: progress.done, failed: progress.failures.length }} label={title} />
            <p role="status" className="small soft">
              {own.progress(progress.done + progress.failures.length, progress.total)}
            </p>
            {progress.failures.length > 0 && <Failures failures={progress.failures} failed={progress.failures.length} />}
          </div>
        )}
      </div>
      <footer>
        <button
          type="button"
          className="btn"
          onClick={() => {
            isStopped.current = true;
            onClose();
          }}
        >
          {progress && !isOver ? own.stop : text.close}
        </button>
        <button
          type="submit"
          className={decision === 'approved' ? 'btn primary' : 'btn danger'}
          disabled={progress !== undefined || decidable.length === 0}
        >
          <Icon name={decision === 'approved' ? 'check' : 'x'} />
          {title}
        </button>
      </footer>
    </form>
  );
}
