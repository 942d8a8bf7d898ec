import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ExecutionBatch } from 'automate-client';
import { useId, useState } from 'react';
import { api } from '../../api.ts';
import { toStudio } from '../../data/pages.ts';
import type { Selection } from '../../data/selection.ts';
import { useAllowed } from '../../data/session.ts';
import { useTextOf } from '../../text/text.tsx';
import { BatchDialog, type BatchDialogProps } from '../../ui/batch-dialog.tsx';
import { BulkBar } from '../../ui/bulk-bar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

interface BulkProps {
  readonly selection: Selection;
  /** How many match the filters. */
  readonly total: number | undefined;
  /** Of all that match; undefined where a batch cannot be told. */
  readonly filter: ExecutionBatch['filter'] | undefined;
}

type Action = 'cancel' | 'replay' | 'redrive';

/** What can be done with the executions that are chosen: most of it by a job that is followed. */
export function ExecutionsBulk({ selection, total, filter }: BulkProps) {
  const text = useTextOf(words);
  const navigate = useNavigate();
  const [action, setAction] = useState<Action>();
  const mayWrite = useAllowed('executions:write');
  const mayRedrive = useAllowed('jobs:write');
  const ids = [...selection.ids];
  const close = (which: Action) => setAction((now) => (now === which ? undefined : now));
  const shared = {
    count: selection.isAll ? (total ?? ids.length) : ids.length,
    onStarted: selection.clear,
  };
  const chosen: ExecutionBatch['filter'] = selection.isAll && filter ? filter : { ids };
  return (
    <>
      <BulkBar selection={selection} total={filter ? total : undefined}>
        {mayWrite && <Button icon="replay" label={text.replay} onClick={() => setAction('replay')} />}
        {mayRedrive && !selection.isAll && <Button icon="retrying" label={text.redrive} onClick={() => setAction('redrive')} />}
        {mayWrite && <Button icon="cancelled" label={text.cancel} onClick={() => setAction('cancel')} />}
        {ids.length === 2 && !selection.isAll && (
          <Button
            icon="diff"
            label={text.compare}
            onClick={() => void navigate({ to: toStudio(`compare/${ids.toSorted().join('/')}`) })}
          />
        )}
      </BulkBar>
      <BatchDialog
        {...shared}
        isOpen={action === 'cancel'}
        title={text.cancelTitle}
        note={text.cancelNote}
        verb={text.cancel}
        icon="cancelled"
        isDangerous
        start={async () => (await api.executions.batch({ action: 'cancel', filter: chosen })).job_id}
        onClose={() => close('cancel')}
      />
      <ReplayMany {...shared} filter={chosen} isOpen={action === 'replay'} onClose={() => close('replay')} />
      <BatchDialog
        {...shared}
        isOpen={action === 'redrive'}
        title={text.redriveTitle}
        note={text.redriveNote}
        verb={text.redrive}
        icon="retrying"
        start={async () => (await api.jobs.batch({ action: 'redrive', filter: { ids } })).job_id}
        onClose={() => close('redrive')}
      />
    </>
  );
}

function ReplayMany(
  props: Pick<BatchDialogProps, 'isOpen' | 'count' | 'onStarted' | 'onClose'> & { filter: ExecutionBatch['filter'] },
) {
  const { filter, ...dialog } = props;
  const client = useQueryClient();
  const text = useTextOf(words);
  const id = useId();
  const [from, setFrom] = useState<'start' | 'failed_step'>('start');
  const [isLatest, setLatest] = useState(false);
  const mayRunAny = useAllowed('workflows:publish');
  const choices = [
    ['start', text.fromStart, text.fromStartNote],
    ['failed_step', text.fromFailed, text.fromFailedNote],
  ] as const;
  return (
    <BatchDialog
      {...dialog}
      onStarted={() => {
        dialog.onStarted();
        // The originals are to tell of their replays.
        void client.invalidateQueries({ queryKey: ['execution'] });
      }}
      title={text.replayTitle}
      note={text.replayNote}
      verb={text.replay}
      icon="replay"
      start={async () =>
        (await api.executions.batch({ action: 'replay', filter, from, ...(isLatest && { version: 'latest' as const }) })).job_id
      }
    >
      {choices.map(([value, title, note]) => (
        <label key={value} className="choice">
          <input type="radio" name={`${id}-from`} checked={from === value} onChange={() => setFrom(value)} />
          <b>{title}</b>
          <span className="soft small">{note}</span>
        </label>
      ))}
      <div className="field">
        <label htmlFor={`${id}-version`}>{text.version}</label>
        <select
          id={`${id}-version`}
          className="select"
          value={isLatest ? 'latest' : 'same'}
          onChange={({ target }) => setLatest(target.value === 'latest')}
        >
          <option value="same">{text.sameVersion}</option>
          {mayRunAny && <option value="latest">{text.latestVersion}</option>}
        </select>
      </div>
    </BatchDialog>
  );
}

function Button({
  icon,
  label,
  onClick,
}: {
  icon: 'replay' | 'retrying' | 'cancelled' | 'diff';
  label: string;
  onClick(): void;
}) {
  return (
    <button type="button" className="btn small" onClick={onClick}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
