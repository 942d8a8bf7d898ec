import { useQueryClient } from '@tanstack/react-query';
import type { Budget } from 'automate-client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { CountsFields, type Draft, emptyDraft, LimitFields, type NewDraft, sentOf } from './budget-fields.tsx';
import { words } from './words.ts';

const FIELDS = ['/name', '/amount', '/thresholds', '/scope', '/subject_id', '/metric', '/period'];

/** What was done is said, and budgets are read again. */
function useDone(onClose: () => void) {
  const client = useQueryClient();
  return (told: string) => {
    onClose();
    say(told);
    void client.invalidateQueries({ queryKey: ['budgets'] });
    void client.invalidateQueries({ queryKey: ['budget-standing'] });
  };
}

export function NewBudget({ onClose }: { onClose(): void }) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  const [draft, setDraft] = useState<NewDraft>(emptyDraft);
  const { scope, subject, period, metric } = draft;
  return (
    <DialogForm
      action={text.create}
      icon="plus"
      fields={FIELDS}
      isDisabled={scope !== 'tenant' && subject === ''}
      send={() =>
        api.budgets.create({
          ...sentOf(draft),
          scope,
          period,
          metric,
          subject_id: scope === 'tenant' ? null : subject,
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
        })
      }
      onSent={({ name }) => done(text.created(name))}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <TextField
            label={text.name}
            isRequired
            autoFocus
            maxLength={200}
            value={draft.name}
            error={issue('/name')}
            onChange={(name) => setDraft({ ...draft, name })}
          />
          <CountsFields draft={draft} issue={issue} onChange={setDraft} />
          <LimitFields draft={draft} issue={issue} onChange={(part) => setDraft({ ...draft, ...part })} />
        </>
      )}
    </DialogForm>
  );
}

export function EditBudget({ budget, onClose }: { budget: Budget; onClose(): void }) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  const [draft, setDraft] = useState<Draft>({ ...budget, thresholds: budget.thresholds.join(', ') });
  return (
    <DialogForm
      action={text.save}
      icon="check"
      fields={FIELDS}
      send={() => api.budgets.partialUpdate(budget.id, sentOf(draft))}
      onSent={({ name }) => done(text.saved(name))}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <p className="soft">{text.settled}</p>
          <TextField
            label={text.name}
            isRequired
            maxLength={200}
            value={draft.name}
            error={issue('/name')}
            onChange={(name) => setDraft({ ...draft, name })}
          />
          <LimitFields draft={draft} issue={issue} onChange={(part) => setDraft({ ...draft, ...part })} />
        </>
      )}
    </DialogForm>
  );
}

export function RemoveBudget({ budget, onClose }: { budget: Budget; onClose(): void }) {
  const text = useTextOf(words);
  const done = useDone(onClose);
  return (
    <DialogForm
      action={text.remove}
      icon="trash"
      isDanger
      send={() => api.budgets.destroy(budget.id)}
      onSent={() => done(text.removed(budget.name))}
      onClose={onClose}
    >
      {() => <p>{text.removeNote}</p>}
    </DialogForm>
  );
}
